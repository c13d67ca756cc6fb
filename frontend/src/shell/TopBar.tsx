// What stands at the top of every page? The name, the language, light or dark, and the way out where there is one.
import { mdiThemeLightDark, mdiTranslate } from "@mdi/js";
import AppBar from "@mui/material/AppBar";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Toolbar from "@mui/material/Toolbar";
import { useColorScheme } from "@mui/material/styles";
import { useState } from "react";

import { useLanguage, useTexts } from "@/i18n/LanguageProvider";
import { LANGUAGES, type Language } from "@/i18n/texts";
import { SignOut } from "@/session/SignOut";
import { Icon } from "@/shared/Icon";

import { shellTexts } from "./shellTexts";

const OWN_NAMES: Record<Language, string> = { en: "English", fr: "Français" };
const MODES = ["system", "light", "dark"] as const;

export function TopBar() {
  const t = useTexts(shellTexts);
  const { language, speak } = useLanguage();
  const { mode, setMode } = useColorScheme();
  return (
    <AppBar position="sticky" color="default" elevation={0} sx={{ borderBottom: 1, borderColor: "divider", bgcolor: "background.paper" }}>
      <Toolbar sx={{ gap: 1 }}>
        <Link href="/journal" variant="h6" color="inherit" underline="none" sx={{ flexGrow: 1 }}>
          SoniqueBay
        </Link>
        <Choice
          label={t.language}
          icon={mdiTranslate}
          value={language}
          choices={LANGUAGES.map((each) => [each, OWN_NAMES[each]])}
          onChoose={speak}
        />
        <Choice
          label={t.appearance}
          icon={mdiThemeLightDark}
          value={mode ?? "system"}
          choices={MODES.map((each) => [each, t[each]])}
          onChoose={setMode}
        />
        <SignOut />
      </Toolbar>
    </AppBar>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  icon: string;
  value: Value;
  choices: readonly (readonly [Value, string])[];
  onChoose: (value: Value) => void;
}

function Choice<Value extends string>({ label, icon, value, choices, onChoose }: ChoiceProps<Value>) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        color="inherit"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon path={icon} />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ list: { "aria-label": label } }}>
        {choices.map(([each, words]) => (
          <MenuItem
            key={each}
            role="menuitemradio"
            aria-checked={each === value}
            selected={each === value}
            lang={each === "en" || each === "fr" ? each : undefined}
            onClick={() => {
              onChoose(each);
              setAnchor(null);
            }}
          >
            {words}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
