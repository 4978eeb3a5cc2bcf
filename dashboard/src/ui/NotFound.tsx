import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Empty } from "./Empty";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Empty title="There is no such page">
      <Anchor component={Link} to="/" size="sm">
        Go to the overview
      </Anchor>
    </Empty>
  );
}
