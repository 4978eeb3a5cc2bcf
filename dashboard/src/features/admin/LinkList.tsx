import { Paper, Stack, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Schemas, api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { Owner } from "@/ui/Owner";
import { Time } from "@/ui/Time";
import { useAct } from "@/ui/act";

import { RoleBadge } from "./UserTable";
import { linksQuery } from "./queries";

/** Invitations and reset links that were not used yet. */
export function LinkList() {
  const links = useQuery(linksQuery).data;
  const withdraw = useAct({
    act: (id: string) => ask(api.DELETE("/api/v1/admin/links/{link_id}", { params: { path: { link_id: id } } })),
    done: "The link counts no more.",
    keys: [linksQuery.queryKey],
  });
  if (!links || links.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2}>Links not used yet</Title>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={160}>Link</Table.Th>
                <Table.Th>For</Table.Th>
                <Table.Th w={120}>Role</Table.Th>
                <Table.Th w={120}>Ends</Table.Th>
                <Table.Th w={110}>Change</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {links.map((link) => (
                <Table.Tr key={link.id}>
                  <Table.Td>{link.kind === "reset" ? "New password" : "Invitation"}</Table.Td>
                  <Table.Td>
                    <Whom of={link} />
                  </Table.Td>
                  <Table.Td>{link.role && <RoleBadge role={link.role} />}</Table.Td>
                  <Table.Td>
                    <Time at={link.expires_at} />
                  </Table.Td>
                  <Table.Td>
                    <ActButton
                      variant="default"
                      loading={withdraw.isPending && withdraw.variables === link.id}
                      onClick={() => withdraw.mutate(link.id)}
                    >
                      Withdraw
                    </ActButton>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

function Whom({ of: link }: { of: Schemas["LinkView"] }) {
  if (link.user_id) return <Owner owner={link.user_id} />;
  return <>{link.email ?? "whoever has it"}</>;
}
