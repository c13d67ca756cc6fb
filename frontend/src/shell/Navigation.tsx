// How does one get from page to page? A list at the side, and on a phone four destinations at the bottom and the rest in a drawer.
import { mdiDotsHorizontal } from "@mdi/js";
import BottomNavigation from "@mui/material/BottomNavigation";
import BottomNavigationAction from "@mui/material/BottomNavigationAction";
import Box from "@mui/material/Box";
import Drawer from "@mui/material/Drawer";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import ListItemButton from "@mui/material/ListItemButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import ListItemText from "@mui/material/ListItemText";
import Paper from "@mui/material/Paper";
import { useState } from "react";
import { useLocation } from "react-router";

import { useTexts } from "@/i18n/LanguageProvider";
import { Icon } from "@/shared/Icon";

import { AT_HAND, destinationOf, DESTINATIONS } from "./destinations";
import { shellTexts } from "./shellTexts";

const SIDE_WIDTH = 216;

export function SideNavigation() {
  const t = useTexts(shellTexts);
  return (
    <Box
      component="nav"
      aria-label={t.navigation}
      sx={{ display: { xs: "none", md: "block" }, width: SIDE_WIDTH, flexShrink: 0, borderRight: 1, borderColor: "divider" }}
    >
      <Box sx={{ position: "sticky", top: 64, px: 1 }}>
        <Destinations />
      </Box>
    </Box>
  );
}

export function PhoneNavigation() {
  const t = useTexts(shellTexts);
  const [isOpen, setOpen] = useState(false);
  const here = destinationOf(useLocation().pathname)?.name;
  const isAtHand = AT_HAND.some((name) => name === here);
  return (
    <>
      <Paper
        component="nav"
        aria-label={t.navigation}
        square
        elevation={3}
        sx={{ display: { md: "none" }, position: "fixed", inset: "auto 0 0 0", zIndex: "appBar", pb: "env(safe-area-inset-bottom)" }}
      >
        <BottomNavigation showLabels value={isAtHand ? here : "more"} sx={{ "& button, & a": { minWidth: 0, px: 0.5 } }}>
          {AT_HAND.map((name) => {
            const { path, icon } = DESTINATIONS.find((each) => each.name === name) ?? DESTINATIONS[0];
            return (
              <BottomNavigationAction
                key={name}
                value={name}
                label={t[name]}
                href={path}
                icon={<Icon path={icon} />}
                aria-current={here === name ? "page" : undefined}
              />
            );
          })}
          <BottomNavigationAction
            value="more"
            label={t.more}
            icon={<Icon path={mdiDotsHorizontal} />}
            aria-haspopup="dialog"
            onClick={() => setOpen(true)}
          />
        </BottomNavigation>
      </Paper>
      <Drawer
        anchor="bottom"
        open={isOpen}
        onClose={() => setOpen(false)}
        slotProps={{ paper: { "aria-label": t.navigation, role: "dialog" } }}
      >
        <Destinations onGo={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function Destinations({ onGo }: { onGo?: () => void }) {
  const t = useTexts(shellTexts);
  const here = destinationOf(useLocation().pathname)?.name;
  return (
    <List>
      {DESTINATIONS.map(({ name, path, icon }) => (
        <ListItem key={name} disablePadding>
          <ListItemButton
            href={path}
            selected={here === name}
            aria-current={here === name ? "page" : undefined}
            onClick={onGo}
            sx={{ borderRadius: 2 }}
          >
            <ListItemIcon sx={{ minWidth: 40 }}>
              <Icon path={icon} />
            </ListItemIcon>
            <ListItemText primary={t[name]} />
          </ListItemButton>
        </ListItem>
      ))}
    </List>
  );
}
