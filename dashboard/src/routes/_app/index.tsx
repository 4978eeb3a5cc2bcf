import { createFileRoute } from "@tanstack/react-router";

import { type Span, readSpan } from "@/features/figures/series";
import { OverviewScreen } from "@/features/overview/OverviewScreen";

/** The first screen; the time of its charts is in the URL. */
export const Route = createFileRoute("/_app/")({
  component: OverviewScreen,
  validateSearch: (search: Record<string, unknown>): { span?: Span } => ({ span: readSpan(search.span) }),
});
