import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";

import { BASE } from "@/api/client";

/** To the page that everybody reads. */
export function ReadLink({ slug }: { slug: string }) {
  return (
    <Button
      component="a"
      href={`${BASE}/read/${encodeURIComponent(slug)}`}
      target="_blank"
      rel="noopener"
      variant="subtle"
      rightSection={<IconExternalLink size={14} />}
    >
      Read it
    </Button>
  );
}
