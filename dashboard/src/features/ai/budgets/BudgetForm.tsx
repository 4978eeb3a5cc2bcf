import { Alert, Autocomplete, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { api, ask } from "@/api/client";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";
import { useAct } from "@/ui/act";

import { dollarsOf, nanoOf } from "../dollars";
import { type Budget, budgetsQuery, parkedQuery } from "../queries";
import { KINDS, type Kind, scopeOf, textOf } from "./scope";

/** Sets what a scope may spend in a day and in a month. */
export function BudgetForm({ budget, onDone }: { budget: Budget | null; onDone: () => void }) {
  const [scope, setScope] = useState(() => scopeOf(budget?.scope ?? "installation"));
  const [day, setDay] = useState<number | string>(dollarsOf(budget?.day?.limit_nano_usd));
  const [month, setMonth] = useState<number | string>(dollarsOf(budget?.month?.limit_nano_usd));
  const names = useNames(scope.kind);
  const act = useAct({
    act: () =>
      ask(
        api.PUT("/api/v1/ai/budgets/{scope}", {
          params: { path: { scope: textOf(scope) } },
          body: { day_nano_usd: nanoOf(day), month_nano_usd: nanoOf(month) },
        }),
      ),
    done: "The budget is set; what the period has spent already counts",
    keys: [budgetsQuery.queryKey, parkedQuery.queryKey],
    isQuiet: true,
    onDone,
  });
  const isNamed = scope.kind === "installation" || scope.name.trim() !== "";
  const isBound = nanoOf(day) !== null || nanoOf(month) !== null;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (isNamed && isBound) act.mutate();
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {budget ? (
          <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
            {budget.scope}
          </Text>
        ) : (
          <>
            <Select
              label="For"
              allowDeselect={false}
              value={scope.kind}
              data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
              onChange={(kind) => setScope({ kind: kind as Kind, name: "" })}
            />
            {scope.kind !== "installation" && (
              <Autocomplete
                label={`Name of the ${scope.kind}`}
                size="xs"
                required
                value={scope.name}
                data={names}
                maxLength={290}
                onChange={(name) => setScope({ ...scope, name })}
              />
            )}
          </>
        )}
        <Group grow align="flex-start">
          <Amount label="A day" value={day} onChange={setDay} />
          <Amount label="A month" value={month} onChange={setMonth} />
        </Group>
        {!isBound && (
          <Alert color="gray" p="xs">
            <Text size="sm">Set at least one of them. Days and months are those of UTC.</Text>
          </Alert>
        )}
        {act.isError && <ErrorState problem={act.error} />}
        <Group justify="flex-end">
          <ActButton type="submit" loading={act.isPending} disabled={!isNamed || !isBound}>
            Set the budget
          </ActButton>
        </Group>
      </Stack>
    </form>
  );
}

interface AmountProps {
  label: string;
  value: number | string;
  onChange: (value: number | string) => void;
}

function Amount({ label, value, onChange }: AmountProps) {
  return (
    <NumberInput
      label={label}
      description="Empty for no bound"
      prefix="$"
      min={0}
      max={100_000_000}
      decimalScale={9}
      thousandSeparator=","
      value={value}
      onChange={onChange}
    />
  );
}

/** Names that are there, to choose from: of tasks and their apps. Owners are typed. */
function useNames(kind: Kind): string[] {
  const { data } = useQuery({ queryKey: ["tasks"], queryFn: () => ask(api.GET("/api/v1/tasks")), staleTime: 60_000 });
  const tasks = data?.map(({ name }) => name) ?? [];
  if (kind === "task") return tasks;
  return kind === "app" ? [...new Set(tasks.map((name) => name.split(".")[0] ?? name))] : [];
}
