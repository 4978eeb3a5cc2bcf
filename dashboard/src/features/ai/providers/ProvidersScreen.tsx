import { Badge, Button, Card, Group, Modal, SimpleGrid, Text, Title } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Time } from "@/ui/Time";
import { useAct } from "@/ui/act";
import { confirm } from "@/ui/confirm";

import { type Provider, modelsQuery, providersQuery } from "../queries";
import { KeyForm } from "./KeyForm";

/** Who answers: what each provider lacks, and its key, which can be set and never read. */
export function ProvidersScreen() {
  const query = useQuery(providersQuery);
  const [edited, setEdited] = useState<Provider | null>(null);
  return (
    <Page
      title="AI providers"
      about="Keys are stored encrypted and never shown again; workers use a new one within 5 seconds."
    >
      <Shown query={query} lines={10}>
        {(providers) => (
          <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="sm">
            {providers.map((provider) => (
              <ProviderCard key={provider.name} provider={provider} onEdit={() => setEdited(provider)} />
            ))}
          </SimpleGrid>
        )}
      </Shown>
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title={`Key of ${edited?.title ?? ""}`}>
        {edited && <KeyForm provider={edited} onDone={() => setEdited(null)} />}
      </Modal>
    </Page>
  );
}

function ProviderCard({ provider, onEdit }: { provider: Provider; onEdit: () => void }) {
  const { name, title, lacks, key } = provider;
  const mayChange = useMay("ai:write");
  const takesKey = name !== "offline";
  const drop = useAct({
    act: () => ask(api.DELETE("/api/v1/ai/providers/{name}/key", { params: { path: { name } } })),
    done: "The key is deleted",
    keys: [providersQuery.queryKey, modelsQuery.queryKey],
  });
  const question = async (): Promise<void> => {
    const isSure = await confirm({
      title: `Delete the key of ${title}?`,
      body: "One of the settings counts again; without one, calls to this provider fail.",
      label: "Delete it",
      isDangerous: true,
    });
    if (isSure) drop.mutate();
  };
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" gap="xs" mb={6}>
        <Title order={2} style={{ textTransform: "none" }}>
          {title.charAt(0).toUpperCase() + title.slice(1)}
        </Title>
        <Badge color={lacks ? "gray" : "teal"}>{lacks ? "not set up" : "ready"}</Badge>
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {(lacks && withoutRoute(lacks, mayChange)) ??
          (takesKey ? "It can be asked." : "Writes placeholders, for trying things out without a provider.")}
      </Text>
      {key && (
        <Text size="sm" mt="xs">
          Key ending in <code>{key.last4}</code>, {key.source === "settings" ? "from the settings" : "set here"}{" "}
          {key.set_at && <Time at={key.set_at} />}
        </Text>
      )}
      {mayChange && takesKey && (
        <Group gap="xs" mt="sm">
          <Button
            variant="default"
            leftSection={<IconKey size={14} />}
            onClick={onEdit}
            aria-label={`${key ? "Replace" : "Set"} the key of ${title}`}
          >
            {key ? "Replace the key" : "Set the key"}
          </Button>
          {key?.source === "api" && (
            <ActButton variant="subtle" color="red" loading={drop.isPending} onClick={() => void question()}>
              Delete the key
            </ActButton>
          )}
        </Group>
      )}
    </Card>
  );
}

/** What the API says of its own route is a button here, for those who may. */
function withoutRoute(lacks: string, mayChange: boolean): string {
  return lacks.replace(/\. A key can also be PUT to .*$/, mayChange ? ", or set the key here." : ".");
}
