// A button that asks once more before it does what cannot simply be taken back.
import Button, { type ButtonProps } from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { useId, useState } from "react";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";

import { BusyButton } from "./BusyButton";

const confirmTexts = texts({ leave: "Leave it" }, { leave: "Ne rien faire" });

interface ConfirmButtonProps extends Omit<ButtonProps, "onClick"> {
  /** What it does, on the button and again where it is confirmed. */
  label: string;
  /** What will happen. */
  question: string;
  isBusy: boolean;
  onConfirm: () => void;
}

export function ConfirmButton({ label, question, onConfirm, ...rest }: ConfirmButtonProps) {
  const t = useTexts(confirmTexts);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <BusyButton {...rest} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {label}
      </BusyButton>
      <Dialog open={isOpen} onClose={() => setOpen(false)} aria-labelledby={id}>
        <DialogTitle id={id}>{label}</DialogTitle>
        <DialogContent>
          <DialogContentText>{question}</DialogContentText>
        </DialogContent>
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{t.leave}</Button>
          <Button
            variant="contained"
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {label}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
