import { Alert, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useMay } from "@/shell/me";
import { ErrorState } from "@/ui/ErrorState";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { modelsQuery, spendQuery } from "../queries";
import { type ModelsSearch, RANGES, type Range, wantedOf } from "../search";
import { Aliases } from "./Aliases";
import { ModelTable } from "./ModelTable";
import { withAsked } from "./doing";

interface Props {
  search: ModelsSearch;
  onChange: (part: Partial<ModelsSearch>) => void;
}

/** Which models are asked, what they cost and how they do. */
export function ModelsScreen({ search, onChange }: Props) {
  const [now] = useState(() => Date.now());
  const { from, to } = wantedOf(search, now);
  const query = useQuery(modelsQuery);
  const mayChange = useMay("ai:write");
  const sums = useQuery(spendQuery("model", { from, to }));
  return (
    <Page title="AI models" about="What tasks ask when they name a model, an alias, or nothing at all.">
      <Shown query={query} lines={10}>
        {({ default: standard, models, aliases }) => {
          const all = withAsked(models, sums.data?.items ?? []);
          return (
            <Stack gap="lg">
              <Alert color={standard.startsWith("offline:") ? "orange" : "water"} p="xs">
                <Text size="sm">
                  A task that names no model asks <strong>{standard}</strong>
                  {standard.startsWith("offline:") && ", which writes placeholders"}
                  {standard.startsWith("offline:") && mayChange && ". Set up a provider, then HEADRACE_AI_MODEL"}.
                </Text>
              </Alert>
              <section aria-label="Models">
                <Group justify="space-between" mb="xs" align="flex-end">
                  <div>
                    <Title order={2}>Models</Title>
                    <Text size="xs" c="dimmed">
                      Prices are dollars a million tokens. Half of the answers came within p50, 95 of 100 within p95.
                      Repairs are calls whose answer was mended, or that asked again for one.
                    </Text>
                  </div>
                  <SegmentedControl
                    aria-label="Time"
                    value={search.range ?? "30d"}
                    data={Object.entries(RANGES).map(([value, days]) => ({ value, label: `${String(days)} days` }))}
                    onChange={(range) => onChange({ range: range as Range })}
                  />
                </Group>
                {sums.isError && <ErrorState problem={sums.error} onRetry={() => void sums.refetch()} />}
                <ModelTable models={all} sums={sums.data?.items} />
              </section>
              <Aliases aliases={aliases} known={all.map(({ name }) => name)} />
            </Stack>
          );
        }}
      </Shown>
    </Page>
  );
}
