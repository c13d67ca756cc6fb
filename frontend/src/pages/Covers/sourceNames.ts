// What is a source called? The service's name for it, where it is not known here.
import type { coversTexts } from "./texts";

export function nameOfSource(source: string, t: (typeof coversTexts)["en"]): string {
  switch (source) {
    case "embedded":
      return t.embeddedSource;
    case "upload":
      return t.uploadSource;
    case "local":
    case "commons":
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
