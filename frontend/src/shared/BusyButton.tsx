// A button that keeps its place while what it began goes on: it says that it is off and does nothing, and who pressed it keeps the focus.
import Button, { type ButtonProps } from "@mui/material/Button";

interface BusyButtonProps extends ButtonProps {
  isBusy: boolean;
}

export function BusyButton({ isBusy, onClick, ...rest }: BusyButtonProps) {
  return (
    <Button
      {...rest}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        // Nor does it send a form.
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}
