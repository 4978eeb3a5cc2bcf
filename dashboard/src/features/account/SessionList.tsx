import { Badge, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from "@tabler/icons-react";

import type { Schemas } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { Time } from "@/ui/Time";

import { programOf } from "./agent";

interface Props {
  sessions: Schemas["SessionView"][];
  onEnd?: (id: string) => void;
}

/** Where somebody is signed in. */
export function SessionList({ sessions, onEnd }: Props) {
  return (
    <Stack gap={8} component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label="Sessions">
      {sessions.map((session) => {
        const name = programOf(session.agent, session.kind);
        const Icon = iconOf(name);
        return (
          <Group key={session.id} component="li" gap="sm" wrap="nowrap">
            <ThemeIcon variant="light" color="gray" size="lg">
              <Icon size={18} stroke={1.6} />
            </ThemeIcon>
            <div style={{ flex: 1, minWidth: 0 }}>
              <Group gap={6}>
                <Text size="sm" fw={500}>
                  {name}
                </Text>
                {session.is_current && <Badge color="teal">this one</Badge>}
              </Group>
              <Text size="xs" c="dimmed" component="div">
                {session.address ?? "unknown address"} · used <Time at={session.last_used_at} /> · begun{" "}
                <Time at={session.created_at} />
              </Text>
            </div>
            {onEnd && !session.is_current && (
              <ActButton variant="default" onClick={() => onEnd(session.id)} aria-label={`End the session of ${name}`}>
                End
              </ActButton>
            )}
          </Group>
        );
      })}
    </Stack>
  );
}

function iconOf(name: string) {
  if (/iPhone|Android|iPad/.test(name)) return IconDeviceMobile;
  return /program|curl|Unknown/.test(name) ? IconTerminal2 : IconDeviceDesktop;
}
