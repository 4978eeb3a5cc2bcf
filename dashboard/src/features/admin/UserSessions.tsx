import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { SessionList } from "@/features/account/SessionList";
import { Section } from "@/ui/Section";
import { ActButton } from "@/ui/ActButton";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { type User, userSessionsQuery } from "./queries";

/** Where a user is signed in, and an end to all of it. */
export function UserSessions({ user }: { user: User }) {
  const query = useQuery(userSessionsQuery(user.id));
  const end = useAct({
    act: () => ask(api.DELETE("/api/v1/admin/users/{user_id}/sessions", { params: { path: { user_id: user.id } } })),
    done: `${user.email} is signed out everywhere.`,
    keys: [userSessionsQuery(user.id).queryKey],
  });
  return (
    <Section title="Sessions">
      <Shown query={query} lines={2}>
        {(sessions) =>
          sessions.length === 0 ? (
            <Text size="sm" c="dimmed">
              Not signed in.
            </Text>
          ) : (
            <>
              <SessionList sessions={sessions} />
              <Group>
                <ActButton variant="default" loading={end.isPending} onClick={() => end.mutate()}>
                  Sign out everywhere
                </ActButton>
              </Group>
            </>
          )
        }
      </Shown>
    </Section>
  );
}
