import { Badge, Group, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Schemas } from "@/api/client";
import { Owner } from "@/ui/Owner";
import { Time, useNow } from "@/ui/Time";

export type Key = Schemas["KeyView"];

interface Props {
  keys: Key[];
  isOwnerShown?: boolean;
  acts: (key: Key) => ReactNode;
}

/** API keys: only their ends are known. */
export function KeyTable({ keys, isOwnerShown, acts }: Props) {
  return (
    <Table.ScrollContainer minWidth={isOwnerShown ? 860 : 640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            {isOwnerShown && <Table.Th>Acts for</Table.Th>}
            <Table.Th>It may</Table.Th>
            <Table.Th w={110}>Used</Table.Th>
            <Table.Th w={130}>Ends</Table.Th>
            <Table.Th w={110}>Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td>
                <Text size="sm" fw={500}>
                  {key.name}
                </Text>
                <Text size="xs" c="dimmed" ff="monospace">
                  hr_…{key.last4}
                </Text>
              </Table.Td>
              {isOwnerShown && (
                <Table.Td>
                  <Owner owner={key.user_id} />
                </Table.Td>
              )}
              <Table.Td>
                <Group gap={4}>
                  {key.scopes.map((scope) => (
                    <Badge key={scope} size="sm" color="gray">
                      {scope}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{key.last_used_at ? <Time at={key.last_used_at} /> : "never"}</Table.Td>
              <Table.Td>
                <End of={key} />
              </Table.Td>
              <Table.Td>{acts(key)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function End({ of: key }: { of: Key }) {
  const now = useNow();
  const isOver = key.expires_at !== null && Date.parse(key.expires_at) < now;
  const isOldGood = key.old_until !== null && Date.parse(key.old_until) > now;
  return (
    <>
      {isOver && <Badge color="red">ended</Badge>}
      {!isOver && (key.expires_at ? <Time at={key.expires_at} /> : "when withdrawn")}
      {isOldGood && (
        <Text size="xs" c="dimmed">
          old text good, <Time at={key.old_until} />
        </Text>
      )}
    </>
  );
}
