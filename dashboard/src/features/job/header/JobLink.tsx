import { TextLink } from "@/ui/links";

import { useAccess } from "../access";

/** A job by the end of its id; a link where one may go there. */
export function JobLink({ id }: { id: string }) {
  const { token } = useAccess();
  const name = `…${id.slice(-8)}`;
  if (token !== null) return <>{name}</>;
  return (
    <TextLink to="/jobs/$jobId" params={{ jobId: id }} fz="inherit" underline="always">
      {name}
    </TextLink>
  );
}
