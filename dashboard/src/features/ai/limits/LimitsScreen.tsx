import { Alert, Badge, Button, Group, Modal, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, ask } from "@/api/client";
import { count } from "@/lib/words";
import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";
import { Time, useNow } from "@/ui/Time";
import { useAct } from "@/ui/act";

import { BoundCard } from "../BoundCard";
import { type Limit, limitsQuery } from "../queries";
import { LimitForm } from "./LimitForm";

/** What bounds the calls to providers and models, and how much of it is in use. */
export function LimitsScreen() {
  const query = useQuery(limitsQuery);
  const mayChange = useMay("ai:write");
  const [edited, setEdited] = useState<Limit | "new" | null>(null);
  return (
    <Page
      title="AI limits"
      about="They hold on all workers together. Where one is full, owners take turns."
      actions={
        mayChange && (
          <Button leftSection={<IconPlus size={14} />} onClick={() => setEdited("new")}>
            Set a limit
          </Button>
        )
      }
    >
      <Shown query={query}>
        {(limits) =>
          limits.length === 0 ? (
            <Empty title="No limit is set">Calls are made as fast as jobs ask for them.</Empty>
          ) : (
            <Stack gap="sm">
              {limits.map((limit) => (
                <LimitCard key={limit.name} limit={limit} onEdit={() => setEdited(limit)} />
              ))}
            </Stack>
          )
        }
      </Shown>
      <Modal opened={edited !== null} onClose={() => setEdited(null)} title="Set a limit">
        {edited !== null && <LimitForm limit={edited === "new" ? null : edited} onDone={() => setEdited(null)} />}
      </Modal>
    </Page>
  );
}

function LimitCard({ limit, onEdit }: { limit: Limit; onEdit: () => void }) {
  const { name, held_until: heldUntil, waiting_owners: waiting } = limit;
  const now = useNow();
  const lift = useAct({
    act: () => ask(api.DELETE("/api/v1/ai/limits/{name}", { params: { path: { name } } })),
    done: "The limit is lifted",
    keys: [limitsQuery.queryKey],
  });
  return (
    <BoundCard
      name={name}
      badge={
        waiting > 0 && (
          <Badge color="orange">
            {count(waiting)} {waiting === 1 ? "owner waits" : "owners wait"}
          </Badge>
        )
      }
      question={{
        title: `Lift the limit of ${name}?`,
        body: "Calls are made as fast as jobs ask for them then. One of the settings counts again.",
      }}
      isLifting={lift.isPending}
      onEdit={onEdit}
      onLift={() => lift.mutate()}
    >
      {heldUntil && Date.parse(heldUntil) > now && (
        <Alert color="orange" p="xs" mb="xs">
          <Text size="sm">
            The provider asked for a pause; calls go on <Time at={heldUntil} />.
          </Text>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
        <Use label="Open at once" used={limit.in_use} most={limit.concurrency} />
        <Use label="Requests a minute" used={limit.requests} most={limit.requests_per_minute} />
        <Use label="Tokens a minute" used={limit.tokens} most={limit.tokens_per_minute} />
      </SimpleGrid>
    </BoundCard>
  );
}

/** How much of a bound is in use now. */
function Use({ label, used, most }: { label: string; used: number; most: number | null }) {
  const percent = most === null ? 0 : Math.min(100, (100 * used) / most);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{label}</Text>
        <Text size="sm" c={percent >= 100 ? "red" : "dimmed"}>
          {count(used)} {most === null ? "· no bound" : `of ${count(most)}`}
        </Text>
      </Group>
      <Progress size="sm" value={percent} color={percent >= 90 ? "red" : "teal"} aria-label={label} />
    </div>
  );
}
