import { Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { Section } from "@/ui/Section";
import { ActButton } from "@/ui/ActButton";
import { Shown } from "@/ui/Shown";
import { useAct } from "@/ui/act";

import { SessionList } from "./SessionList";
import { sessionsKey, sessionsQuery } from "./queries";

/** Where one is signed in, and an end to it elsewhere. */
export function SessionsSection() {
  const query = useQuery(sessionsQuery);
  const end = useAct({
    act: (id: string) =>
      ask(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    done: "The session has ended.",
    keys: [sessionsKey],
  });
  const endOthers = useAct({
    act: () => ask(api.DELETE("/api/v1/auth/sessions")),
    done: "All other sessions have ended.",
    keys: [sessionsKey],
  });
  return (
    <Section
      title="Sessions"
      about="Where you are signed in. One ends after a day without use, or 30 days after the sign-in."
    >
      <Shown query={query} lines={2}>
        {(sessions) => (
          <>
            <SessionList sessions={sessions} onEnd={(id) => end.mutate(id)} />
            {sessions.length > 1 && (
              <Group>
                <ActButton variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
                  End all others
                </ActButton>
              </Group>
            )}
          </>
        )}
      </Shown>
    </Section>
  );
}
