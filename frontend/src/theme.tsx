// What does the app look like? One theme in two colours, chosen by the system or a person; links and buttons lead through the router.
import { createTheme } from "@mui/material/styles";
import type { Ref } from "react";
import { Link as RouterLink, type LinkProps } from "react-router";

/** MUI hands over `href`; addresses elsewhere are left to the browser. */
function LeadingLink({ href, children, ...rest }: Omit<LinkProps, "to"> & { href: string; ref?: Ref<HTMLAnchorElement> }) {
  const isOurs = /^[/?]/.test(href) && !/^\/(api|docs)(\/|$)/.test(href);
  return isOurs ? (
    <RouterLink to={href} {...rest}>
      {children}
    </RouterLink>
  ) : (
    <a href={href} {...rest}>
      {children}
    </a>
  );
}

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: "data" },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#0b5c6b" },
        secondary: { main: "#8a3b12" },
        success: { main: "#1b6e36" },
        warning: { main: "#8a5300" },
        error: { main: "#b3261e" },
        background: { default: "#f6f8f8", paper: "#ffffff" },
        text: { primary: "#12201f", secondary: "#4a5857" },
      },
    },
    dark: {
      palette: {
        primary: { main: "#6fd3e3" },
        secondary: { main: "#ffb68f" },
        success: { main: "#7bd694" },
        warning: { main: "#ffc46b" },
        error: { main: "#ff9c93" },
        background: { default: "#0f1616", paper: "#172020" },
        text: { primary: "#e6efee", secondary: "#a9b8b6" },
      },
    },
  },
  shape: { borderRadius: 10 },
  typography: {
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
    h4: { fontSize: "1.75rem", fontWeight: 650 },
    h5: { fontSize: "1.3rem", fontWeight: 600 },
    h6: { fontSize: "1.1rem", fontWeight: 600 },
    button: { textTransform: "none", fontWeight: 600 },
  },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        // What has the keyboard's focus is always seen, whatever a component does about it.
        ":focus-visible": { outline: "3px solid var(--mui-palette-primary-main)", outlineOffset: "2px" },
        "@media (prefers-reduced-motion: reduce)": {
          "*, *::before, *::after": { animationDuration: "0.01ms !important", transitionDuration: "0.01ms !important" },
        },
      },
    },
    MuiButtonBase: { defaultProps: { LinkComponent: LeadingLink } },
    // As large as a finger asks for.
    MuiButton: { styleOverrides: { root: { minHeight: 40, "&[aria-disabled=true]": { opacity: 0.6 } } } },
    MuiToggleButton: { styleOverrides: { root: { minHeight: 40 } } },
    // Most are words that stand there, or in a part of the page that is read out anyway. Who has to be interrupted is told by role="alert".
    MuiAlert: { defaultProps: { role: "none" } },
    MuiLink: { defaultProps: { component: LeadingLink } },
    MuiCard: { defaultProps: { variant: "outlined" } },
  },
});
