"""Pictures that anybody may have made. Imports nothing: the process that decodes them begins here, and is to begin fast."""
