import { Text, Tooltip } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { useMay, useMe } from "@/shell/me";

const USERS_MAX = 200;
const SHORT = 8;

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
  const me = useMe();
  const mayList = useMay("admin");
  const isUser = owner?.length === 36;
  const names = useQuery({ ...namesQuery, enabled: mayList && isUser });
  if (!owner) {
    return (
      <Text span inherit c="dimmed">
        –
      </Text>
    );
  }
  if (owner === me?.owner) return <Named full={me.email ?? owner}>you</Named>;
  const name = names.data?.[owner];
  if (name) return <Named full={owner}>{name}</Named>;
  return isUser ? <Named full={owner}>{`${owner.slice(0, SHORT)}…`}</Named> : <>{owner}</>;
}

function Named({ full, children }: { full: string; children: string }) {
  return (
    <Tooltip label={full}>
      <span>{children}</span>
    </Tooltip>
  );
}
