import { Paper, Table, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { MEANING } from "@/features/keys/scopes";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { RoleBadge } from "./UserTable";
import { rolesQuery } from "./queries";

/** What each role may do. */
export function RolesScreen() {
  const query = useQuery(rolesQuery);
  return (
    <Page title="Roles" about="What each role may do. The scopes of API keys are the same permissions.">
      <Shown query={query}>
        {(roles) => (
          <Paper withBorder>
            <Table.ScrollContainer minWidth={680} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Permission</Table.Th>
                    {roles.map(({ role, own_only: isOwnOnly }) => (
                      <Table.Th key={role} w={110}>
                        <RoleBadge role={role} />
                        {isOwnOnly && (
                          <Text size="xs" c="dimmed">
                            own jobs only
                          </Text>
                        )}
                      </Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {Object.entries(MEANING).map(([permission, meaning]) => (
                    <Table.Tr key={permission}>
                      <Table.Td>
                        <Text size="sm" fw={500}>
                          {permission}
                        </Text>
                        <Text size="xs" c="dimmed">
                          {meaning}
                        </Text>
                      </Table.Td>
                      {roles.map(({ role, permissions }) => (
                        <Table.Td key={role}>
                          {permissions.some((one) => one === permission) ? (
                            <IconCheck size={16} role="img" aria-label="yes" />
                          ) : (
                            <Text span c="dimmed" role="img" aria-label="no">
                              –
                            </Text>
                          )}
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Paper>
        )}
      </Shown>
    </Page>
  );
}
