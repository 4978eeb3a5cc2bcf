import { Badge, Button, Group, Modal, Paper, Table, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { type Alias, modelsQuery } from "../queries";
import { AliasForm } from "./AliasForm";

interface Props {
  aliases: readonly Alias[];
  /** What an alias may stand for, to choose from. */
  known: string[];
}

/** Names that tasks use, and the models that are asked in turn for each. */
export function Aliases({ aliases, known }: Props) {
  const mayChange = useMay("ai:write");
  const [edited, setEdited] = useState<Alias | "new" | null>(null);
  return (
    <section aria-label="Aliases">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Aliases</Title>
        {mayChange && (
          <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEdited("new")}>
            Add an alias
          </Button>
        )}
      </Group>
      {aliases.length === 0 ? (
        <Text size="sm" c="dimmed">
          No alias yet. A task that asks for “fast” can be given another model here, without a deploy.
        </Text>
      ) : (
        <Paper withBorder>
          <Table.ScrollContainer
            minWidth={520}
            scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": "Aliases" } }}
          >
            <Table fz="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Alias</Table.Th>
                  <Table.Th>Models, asked in turn</Table.Th>
                  <Table.Th w={110}>From</Table.Th>
                  {mayChange && <Table.Th w={170}>Change</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {aliases.map((alias) => (
                  <Row key={alias.name} alias={alias} mayChange={mayChange} onEdit={() => setEdited(alias)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Paper>
      )}
      <Modal
        opened={edited !== null}
        onClose={() => setEdited(null)}
        title={edited === "new" ? "Add an alias" : "Change an alias"}
      >
        {edited !== null && (
          <AliasForm alias={edited === "new" ? null : edited} known={known} onDone={() => setEdited(null)} />
        )}
      </Modal>
    </section>
  );
}

function Row({ alias, mayChange, onEdit }: { alias: Alias; mayChange: boolean; onEdit: () => void }) {
  const drop = useAct({
    act: () => ask(api.DELETE("/api/v1/ai/aliases/{name}", { params: { path: { name: alias.name } } })),
    done: "The alias is deleted",
    keys: [modelsQuery.queryKey],
  });
  const question = async (): Promise<void> => {
    const isSure = await confirm({
      title: `Delete the alias “${alias.name}”?`,
      body: "One of the settings under the same name counts again; without one, tasks that ask for it fail.",
      label: "Delete it",
      isDangerous: true,
    });
    if (isSure) drop.mutate();
  };
  return (
    <Table.Tr>
      <Table.Td fw={550}>{alias.name}</Table.Td>
      <Table.Td>
        {alias.stands_for.join(", then ")}
        {alias.problem && (
          <Text size="xs" c="red">
            {alias.problem}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge color={alias.source === "api" ? "water" : "gray"} size="sm">
          {alias.source === "api" ? "set here" : "settings"}
        </Badge>
      </Table.Td>
      {mayChange && (
        <Table.Td>
          <Group gap={4} wrap="nowrap">
            <Button variant="subtle" size="compact-xs" onClick={onEdit} aria-label={`Change ${alias.name}`}>
              Change
            </Button>
            {alias.source === "api" && (
              <ActButton
                variant="subtle"
                color="red"
                size="compact-xs"
                loading={drop.isPending}
                onClick={() => void question()}
              >
                Delete
              </ActButton>
            )}
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}
