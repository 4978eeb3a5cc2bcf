import { Code, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "@/api/client";
import { Empty } from "@/ui/Empty";
import { FindField } from "@/ui/FindField";
import { Shown } from "@/ui/Shown";

import { settingsQuery } from "./queries";

interface Props {
  find?: string;
  onFind: (find: string | undefined) => void;
}

/** The settings of the process that answers. */
export function SettingTable({ find = "", onFind }: Props) {
  const query = useQuery(settingsQuery);
  const isMeant = ({ name, description, value }: Schemas["SettingView"]): boolean =>
    `${name} ${description} ${value ?? ""}`.toLowerCase().includes(find.toLowerCase());
  return (
    <Stack gap="xs">
      <Title order={2}>Settings</Title>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          They are changed where the server is started.
        </Text>
        <FindField label="Find a setting" placeholder="Name, words or value" value={find} onFind={onFind} />
      </Group>
      <Shown query={query} lines={12}>
        {(all) => {
          const settings = all.filter(isMeant);
          return settings.length === 0 ? <Empty title="No setting like that" /> : <Rows settings={settings} />;
        }}
      </Shown>
    </Stack>
  );
}

function Rows({ settings }: { settings: Schemas["SettingView"][] }) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={680} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Setting</Table.Th>
              <Table.Th w="34%">Value</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {settings.map(({ name, description, value, is_set: isSet, is_secret: isSecret }) => (
              <Table.Tr key={name}>
                <Table.Td>
                  <Text size="sm" ff="monospace">
                    {name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {description}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {isSecret || !value ? (
                    <Text size="sm" c="dimmed">
                      {isSecret && isSet ? "set, not shown" : "not set"}
                    </Text>
                  ) : (
                    <Code style={{ overflowWrap: "anywhere" }}>{value}</Code>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
