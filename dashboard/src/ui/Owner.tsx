import { Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useMe } from "@/shell/me";

const USERS_MAX = 200;
const SHORT = 8;
const ID_LENGTH = 36;

const namesQuery = queryOptions({
  queryKey: ["users", "names"],
  staleTime: 300_000,
  queryFn: async () => {
    const page = await ask(api.GET("/api/v1/admin/users", { params: { query: { limit: USERS_MAX } } }));
    return Object.fromEntries(page.items.map(({ id, name, email }) => [id, name || email]));
  },
});

/** Whose something is: oneself, a user by name where one may know it, else what was given. */
export function Owner({ owner }: { owner: string | null | undefined }) {
  if (!owner) {
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    );
  }
  return owner.length === ID_LENGTH ? <User id={owner} /> : <>{owner}</>;
}

function User({ id }: { id: string }) {
  const me = useMe();
  const names = useQuery({ ...namesQuery, enabled: me?.permissions.includes("admin") === true });
  if (id === me?.owner) return <span title={me.email ?? id}>you</span>;
  return <span title={id}>{names.data?.[id] ?? `${id.slice(0, SHORT)}…`}</span>;
}
