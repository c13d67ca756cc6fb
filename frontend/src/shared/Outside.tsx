// A link that leads out of the app. Addresses come from elsewhere: what is none of the web's is shown as words.
import { mdiOpenInNew } from "@mdi/js";
import Link from "@mui/material/Link";
import type { ReactNode } from "react";

import { Icon } from "./Icon";

export function Outside({ href, children }: { href: string; children: ReactNode }) {
  if (!/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <Link href={href} target="_blank" rel="noreferrer" sx={{ overflowWrap: "anywhere" }}>
      {children}
      <Icon path={mdiOpenInNew} sx={{ fontSize: "0.9em", ml: 0.5, verticalAlign: "-0.1em" }} />
    </Link>
  );
}
