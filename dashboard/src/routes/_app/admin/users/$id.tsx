import { createFileRoute } from "@tanstack/react-router";

import { UserScreen } from "@/features/admin/UserScreen";

/** One user. */
export const Route = createFileRoute("/_app/admin/users/$id")({ component: UserRoute });

function UserRoute() {
  const { id } = Route.useParams();
  return <UserScreen key={id} id={id} />;
}
