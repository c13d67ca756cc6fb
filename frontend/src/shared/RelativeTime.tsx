// When was that? "3 minutes ago", with the moment itself for whoever asks; empty for no time.
import { useFormat } from "@/i18n/useFormat";

import { useNow } from "./clock";

export function RelativeTime({ time }: { time: string | null | undefined }) {
  const format = useFormat();
  const now = useNow();
  if (!time) return null;
  return (
    <time dateTime={time} title={format.moment(time)}>
      {format.relative(time, now)}
    </time>
  );
}
