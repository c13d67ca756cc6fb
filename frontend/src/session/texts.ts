import { texts } from "@/i18n/texts";

export const sessionTexts = texts(
  {
    title: "Sign in",
    words: "This SoniqueBay answers only its owner.",
    ranOut: "Your session has ended. Sign in, and what was open is back.",
    elsewhere: "This SoniqueBay answers only who brings a token, and takes no password: one cannot sign in here (GATEWAY_PASSWORD_HASH).",
    password: "Password",
    signIn: "Sign in",
    wrong: "This is not the password.",
    tooOften: (span: string) => `Too many attempts. The next one is possible in ${span}.`,
    signOut: "Sign out",
    stillIn: "Still signed in: SoniqueBay did not answer.",
  },
  {
    title: "Connexion",
    words: "Ce SoniqueBay ne répond qu’à son propriétaire.",
    ranOut: "Votre session a expiré. Connectez-vous pour retrouver ce qui était ouvert.",
    elsewhere:
      "Ce SoniqueBay ne répond qu’à ceux qui présentent un jeton et n’accepte pas de mot de passe\u00a0: on ne peut pas s’y connecter (GATEWAY_PASSWORD_HASH).",
    password: "Mot de passe",
    signIn: "Se connecter",
    wrong: "Ce n’est pas le bon mot de passe.",
    tooOften: (span) => `Trop de tentatives. La prochaine sera possible dans ${span}.`,
    signOut: "Se déconnecter",
    stillIn: "Toujours connecté\u00a0: SoniqueBay n’a pas répondu.",
  },
);
