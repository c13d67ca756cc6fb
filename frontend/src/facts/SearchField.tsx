// A field that looks for names as one types. What is looked for is in the address, so that a link keeps it.
import { mdiMagnify } from "@mdi/js";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";

import { Icon } from "@/shared/Icon";
import { useTyped } from "@/shared/useTyped";

interface SearchFieldProps {
  label: string;
  value: string;
  onSearch: (words: string) => void;
}

export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [words, setWords] = useTyped({ at: value, trim: (typed) => typed.trim(), tell: onSearch });
  return (
    <TextField
      type="search"
      size="small"
      label={label}
      value={words}
      onChange={({ target: { value: now } }) => setWords(() => now)}
      sx={{ flex: "1 1 240px", maxWidth: { sm: 420 } }}
      slotProps={{
        htmlInput: { autoComplete: "off", maxLength: 200 },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <Icon path={mdiMagnify} />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
