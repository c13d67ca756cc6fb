"""Between protobuf and the domain."""
