import { createFileRoute } from "@tanstack/react-router";

import { BulkPage } from "@/features/bulk/BulkPage";

/** One bulk action, live. */
export const Route = createFileRoute("/_app/bulk-actions/$id")({ component: Shown });

function Shown() {
  const { id } = Route.useParams();
  return <BulkPage key={id} id={id} />;
}
