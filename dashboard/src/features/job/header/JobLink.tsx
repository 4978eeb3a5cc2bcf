import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { useAccess } from "../access";

/** A job by the end of its id; a link where one may go there. */
export function JobLink({ id }: { id: string }) {
  const { token } = useAccess();
  const name = `…${id.slice(-8)}`;
  if (token !== null) return <>{name}</>;
  return (
    <Anchor renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: id }} {...props} />} fz="inherit">
      {name}
    </Anchor>
  );
}
