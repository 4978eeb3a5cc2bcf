import { Alert, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { type Model, modelsQuery, spendQuery } from "../queries";
import { wantedOf } from "../search";
import { Aliases } from "./Aliases";
import { ModelTable } from "./ModelTable";

/** Which models are asked, what they cost and how they do. */
export function ModelsScreen() {
  const query = useQuery(modelsQuery);
  const used = useUsed();
  return (
    <Page title="AI models" about="What tasks ask when they name a model, an alias, or nothing at all.">
      <Shown query={query} lines={10}>
        {({ default: standard, models, aliases }) => {
          const all = withUsed(models, used);
          return (
            <Stack gap="lg">
              <Alert color={standard.startsWith("offline:") ? "orange" : "water"} p="xs">
                <Text size="sm">
                  A task that names no model asks <strong>{standard}</strong>
                  {standard.startsWith("offline:") &&
                    ", which writes placeholders. Set up a provider, then HEADRACE_AI_MODEL"}
                  .
                </Text>
              </Alert>
              <section aria-label="Models">
                <Title order={2}>Models</Title>
                <Text size="xs" c="dimmed" mb="xs">
                  Prices are dollars a million tokens. Times, failures and repairs are those of each model’s newest 200
                  calls.
                </Text>
                <ModelTable models={all} />
              </section>
              <Aliases aliases={aliases} known={all.map(({ name }) => name)} />
            </Stack>
          );
        }}
      </Shown>
    </Page>
  );
}

/** The models that were asked in the last 30 days, by name. */
function useUsed(): string[] {
  const [{ from, to }] = useState(() => wantedOf({}, Date.now()));
  const { data } = useQuery({ ...spendQuery("model", { from, to }), refetchInterval: false });
  return data?.items.map(({ provider, model }) => `${provider ?? ""}:${model ?? ""}`) ?? [];
}

/** Those that are named, and those that were only asked; of the latter the list has no price. */
function withUsed(models: readonly Model[], used: readonly string[]): Model[] {
  const named = new Set(models.map(({ name }) => name));
  return [...models, ...used.filter((name) => !named.has(name)).map((name) => ({ name, lacks: null, price: null }))];
}
