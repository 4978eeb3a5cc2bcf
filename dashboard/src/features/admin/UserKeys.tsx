import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { KeySection } from "@/features/keys/KeySection";

import { WithdrawKey } from "./WithdrawKey";
import { type User, allKeysQuery, rolesQuery } from "./queries";

/** The keys that act for a user, such as one that stands for a program. */
export function UserKeys({ user }: { user: User }) {
  const roles = useQuery(rolesQuery).data;
  const query = useQuery({ ...allKeysQuery, select: (all) => all.filter(({ user_id: id }) => id === user.id) });
  return (
    <KeySection
      none="No keys."
      dialog={`Make a key that acts for ${user.email}`}
      query={query}
      listed={allKeysQuery.queryKey}
      permissions={roles?.find(({ role }) => role === user.role)?.permissions ?? []}
      make={(body) =>
        ask(api.POST("/api/v1/admin/users/{user_id}/keys", { params: { path: { user_id: user.id } }, body }))
      }
      acts={(key) => <WithdrawKey of={key} />}
    />
  );
}
