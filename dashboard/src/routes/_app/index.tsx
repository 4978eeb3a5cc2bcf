import { createFileRoute } from "@tanstack/react-router";

import { Page } from "@/ui/Page";

export const Route = createFileRoute("/_app/")({ component: Overview });

function Overview() {
  return <Page title="Overview">…</Page>;
}
