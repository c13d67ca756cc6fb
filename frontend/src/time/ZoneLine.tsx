// By which clock are days told here, and how does one choose the other?
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";

import { useTexts } from "@/i18n/LanguageProvider";
import { texts } from "@/i18n/texts";

import { useToday } from "./useToday";
import { useZoneChoice, zoneHere } from "./zone";

const zoneTexts = texts(
  {
    told: (zone: string) => `Time zone: ${zone}`,
    here: (zone: string) => `Switch to ${zone}`,
    own: "Switch to the listener’s own",
  },
  {
    told: (zone) => `Fuseau horaire\u00a0: ${zone}`,
    here: (zone) => `Passer à ${zone}`,
    own: "Passer à celui de l’auditeur",
  },
);

/** `zone` is the one that was told by. The choice is there without one too: the server may not know the zone that was asked for. */
export function ZoneLine({ zone }: { zone: string | undefined }) {
  const t = useTexts(zoneTexts);
  const { isOfListener, change } = useZoneChoice();
  const today = useToday();
  const told = zone ?? (isOfListener ? today.data?.time_zone : zoneHere());
  // Of the clock here alone one does not know whether the listener's is another.
  const isSame = isOfListener && !today.isPlaceholderData && today.data?.time_zone === zoneHere();
  return (
    <Typography
      variant="body2"
      color="text.secondary"
      component="div"
      sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 1, minHeight: 40 }}
    >
      {told && t.told(told)}
      {!isSame && (
        <Button size="small" onClick={change}>
          {isOfListener ? t.here(zoneHere()) : t.own}
        </Button>
      )}
    </Typography>
  );
}
