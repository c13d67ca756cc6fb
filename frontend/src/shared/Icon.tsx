// A picture of some path of @mdi/js; decoration, unless it has a label.
import SvgIcon, { type SvgIconProps } from "@mui/material/SvgIcon";

export function Icon({ path, label, ...rest }: SvgIconProps & { path: string; label?: string }) {
  return (
    <SvgIcon {...rest} {...(label ? { titleAccess: label } : { "aria-hidden": true })}>
      <path d={path} />
    </SvgIcon>
  );
}
