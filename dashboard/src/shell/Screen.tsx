import { Outlet, useLocation } from "@tanstack/react-router";

import { Allowed } from "./Allowed";
import { placeAt } from "./places";

/** The screen of an address; whoever may not see it and came by the address is told so. */
export function Screen() {
  const { needs } = placeAt(useLocation().pathname) ?? {};
  if (!needs) return <Outlet />;
  return (
    <Allowed needs={needs}>
      <Outlet />
    </Allowed>
  );
}
