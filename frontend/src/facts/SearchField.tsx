// A field that looks for names as one types. What is looked for is in the address, so that a link keeps it.
import { mdiMagnify } from "@mdi/js";
import InputAdornment from "@mui/material/InputAdornment";
import TextField from "@mui/material/TextField";
import { useState } from "react";

import { Icon } from "@/shared/Icon";
import { useTypingPause } from "@/shared/useTypingPause";

interface SearchFieldProps {
  label: string;
  value: string;
  onSearch: (words: string) => void;
}

export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState({ words: value, at: value });
  // The address changed by other means, such as the way back: what it says counts.
  if (typed.at !== value) setTyped({ words: value, at: value });
  useTypingPause(typed.words, () => {
    if (typed.words.trim() !== value) onSearch(typed.words.trim());
  });
  return (
    <TextField
      type="search"
      size="small"
      label={label}
      value={typed.words}
      onChange={(event) => setTyped({ words: event.target.value, at: value })}
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
