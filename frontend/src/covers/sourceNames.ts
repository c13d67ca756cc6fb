// What is a source of images called? The service's name for it, where it is not known here.
import { texts } from "@/i18n/texts";

export const sourceTexts = texts(
  {
    embedded: "Embedded in the files",
    local: "Beside the files",
    commons: "Wikimedia Commons",
    upload: "Your own picture",
  },
  {
    embedded: "Dans les fichiers",
    local: "À côté des fichiers",
    commons: "Wikimedia Commons",
    upload: "Votre propre image",
  },
);

export function nameOfSource(source: string, t: (typeof sourceTexts)["en"]): string {
  switch (source) {
    case "embedded":
    case "local":
    case "commons":
    case "upload":
      return t[source];
    case "coverartarchive":
      return "Cover Art Archive";
    case "lastfm":
      return "Last.fm";
    case "deezer":
      return "Deezer";
    default:
      return source;
  }
}
