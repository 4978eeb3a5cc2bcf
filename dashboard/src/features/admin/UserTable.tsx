import { Badge, Paper, Table, Text } from "@mantine/core";

import { Time } from "@/ui/Time";
import { TextLink } from "@/ui/links";

import type { User } from "./queries";

const COLOR: Record<string, string> = { admin: "red", operator: "orange", member: "blue", viewer: "gray" };

/** The role of a user, in its colour. */
export function RoleBadge({ role }: { role: string }) {
  return <Badge color={COLOR[role] ?? "gray"}>{role}</Badge>;
}

/** Users in the order they were made. */
export function UserTable({ users }: { users: User[] }) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>User</Table.Th>
              <Table.Th w={120}>Role</Table.Th>
              <Table.Th w={110}>State</Table.Th>
              <Table.Th w={130}>Signed in</Table.Th>
              <Table.Th w={130}>Made</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>
                  <TextLink to="/admin/users/$id" params={{ id: user.id }} size="sm" fw={500}>
                    {user.name || user.email}
                  </TextLink>
                  {user.name && (
                    <Text size="xs" c="dimmed">
                      {user.email}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <RoleBadge role={user.role} />
                </Table.Td>
                <Table.Td>
                  {user.disabled_at ? <Badge color="red">disabled</Badge> : <Badge color="teal">active</Badge>}
                </Table.Td>
                <Table.Td>{user.signed_in_at ? <Time at={user.signed_in_at} /> : "never"}</Table.Td>
                <Table.Td>
                  <Time at={user.created_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
