import { Anchor, Badge, Group, SimpleGrid, Stack } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { BASE, api, ask } from "@/api/client";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Tile } from "@/ui/Tile";
import { TextLink } from "@/ui/links";

import { SettingTable } from "./SettingTable";

interface Props {
  find?: string;
  onFind: (find: string | undefined) => void;
}

/** How the installation is, and how it is set. */
export function SystemScreen({ find, onFind }: Props) {
  const health = useQuery({
    queryKey: ["health", "now"],
    queryFn: () => ask(api.GET("/health")),
    refetchInterval: 10_000,
  });
  const workers = useQuery({ queryKey: ["live", "workers", "system"], queryFn: () => ask(api.GET("/api/v1/workers")) });
  const living = workers.data?.filter(({ state }) => state === "live" || state === "stopping").length;
  return (
    <Page
      title="System"
      about="How this installation is, and how it is set."
      actions={
        <Group gap="md">
          <Out href="/metrics">Metrics</Out>
          <Out href="/docs">API reference</Out>
        </Group>
      }
    >
      <Stack gap="md">
        <Shown query={health} lines={3}>
          {({ status, version, environment, checks, ai_model: model }) => (
            <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="sm">
              <Tile label="State" value={status} color={status === "ok" ? "teal" : "red"} note="asked every 10 s" />
              <Tile label="Version" value={version} note={environment} />
              <Tile
                label="Workers"
                value={living}
                color={living === 0 ? "red" : "teal"}
                note={<TextLink to="/workers">Show them</TextLink>}
              />
              <Tile
                label="AI model"
                value={<span style={{ fontSize: "1rem" }}>{model}</span>}
                note="unless a task names one"
              />
              <Tile
                label="Checks"
                value={
                  <Group gap={4}>
                    {Object.entries(checks).map(([name, check]) => (
                      <Badge key={name} color={check === "ok" ? "teal" : "red"}>
                        {name}: {check}
                      </Badge>
                    ))}
                  </Group>
                }
              />
            </SimpleGrid>
          )}
        </Shown>
        <SettingTable find={find} onFind={onFind} />
      </Stack>
    </Page>
  );
}

function Out({ href, children }: { href: string; children: string }) {
  return (
    <Anchor href={BASE + href} size="sm">
      {children} <IconExternalLink size={12} aria-hidden />
    </Anchor>
  );
}
