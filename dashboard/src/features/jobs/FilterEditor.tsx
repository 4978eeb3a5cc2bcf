import { Button, Group, NumberInput, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import { api, ask } from "@/api/client";

import { FILTER_KINDS, type FilterName } from "./filterKinds";
import { type JobFilters, split } from "./search";

interface Props {
  name: FilterName;
  filters: JobFilters;
  /** Take it, and be done. */
  onApply: (part: JobFilters) => void;
  /** Take it, and go on: for what is chosen one by one. */
  onChange: (part: JobFilters) => void;
}

/** What a filter is set to, to be changed. */
export function FilterEditor({ name, filters, onApply, onChange }: Props) {
  switch (name) {
    case "task":
      return <TaskEditor names={filters.task} onChange={(task) => onChange({ task })} />;
    case "queue":
      return <QueueEditor names={filters.queue} onChange={(queue) => onChange({ queue })} />;
    case "duration":
      return <DurationEditor filters={filters} onApply={onApply} />;
    case "cost":
      return <CostEditor cost={filters.cost} onApply={(cost) => onApply({ cost })} />;
    case "input":
      return <InputEditor values={filters.input ?? []} onApply={onApply} />;
    case "owner":
    case "tag":
    case "error":
      return (
        <TextEditor
          label={name === "error" ? "Part of the error’s message" : FILTER_KINDS[name].label}
          text={filters[name]}
          onApply={(text) => onApply({ [name]: text })}
        />
      );
    default:
      return null;
  }
}

function Form({ children, onApply }: { children: ReactNode; onApply: () => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onApply();
      }}
    >
      <Stack gap="xs" w={280} maw="80vw">
        {children}
        <Group justify="flex-end">
          <Button type="submit">Apply</Button>
        </Group>
      </Stack>
    </form>
  );
}

function TextEditor({ label, text, onApply }: { label: string; text?: string; onApply: (text?: string) => void }) {
  const [value, setValue] = useState(text ?? "");
  return (
    <Form onApply={() => onApply(value.trim() || undefined)}>
      <TextInput
        label={label}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        data-autofocus
      />
    </Form>
  );
}

interface Names {
  names?: string;
  onChange: (names?: string) => void;
}

function useTasks() {
  return useQuery({ queryKey: ["tasks"], queryFn: () => ask(api.GET("/api/v1/tasks")), staleTime: 60_000 }).data ?? [];
}

function TaskEditor(props: Names) {
  return <NamesEditor label="Task" known={useTasks().map(({ name }) => name)} {...props} />;
}

function QueueEditor(props: Names) {
  const queues = new Set(useTasks().map(({ queue }) => queue));
  return <NamesEditor label="Queue" known={[...queues]} {...props} />;
}

function NamesEditor({ label, known, names, onChange }: Names & { label: string; known: string[] }) {
  return (
    <TagsInput
      label={label}
      description="Any of these"
      size="xs"
      w={280}
      maw="80vw"
      data={known}
      value={split(names)}
      onChange={(value) => onChange(value.join(",") || undefined)}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: false }}
      data-autofocus
    />
  );
}

function DurationEditor({ filters, onApply }: Omit<Props, "name" | "onChange">) {
  const [min, setMin] = useState<number | string>(filters.min ?? "");
  const [max, setMax] = useState<number | string>(filters.max ?? "");
  const number = (value: number | string): number | undefined => (value === "" ? undefined : Number(value));
  return (
    <Form onApply={() => onApply({ min: number(min), max: number(max) })}>
      <Group grow gap="xs">
        <NumberInput label="At least" suffix=" s" min={0} value={min} onChange={setMin} data-autofocus />
        <NumberInput label="At most" suffix=" s" min={0} value={max} onChange={setMax} />
      </Group>
    </Form>
  );
}

const NANO = 1e9;

function CostEditor({ cost, onApply }: { cost?: number; onApply: (cost?: number) => void }) {
  const [usd, setUsd] = useState<number | string>(cost === undefined ? "" : cost / NANO);
  return (
    <Form onApply={() => onApply(usd === "" ? undefined : Math.max(1, Math.round(Number(usd) * NANO)))}>
      <NumberInput label="At least" prefix="$" min={0} decimalScale={9} value={usd} onChange={setUsd} data-autofocus />
    </Form>
  );
}

function InputEditor({ values, onApply }: { values: string[]; onApply: (part: JobFilters) => void }) {
  const [value, setValue] = useState(values);
  const isWrong = value.some((one) => one.indexOf("=") < 1);
  return (
    <Form onApply={() => !isWrong && onApply({ input: value.length > 0 ? value : undefined })}>
      <TagsInput
        label="Input"
        description="All of these, as customer.id=7"
        size="xs"
        value={value}
        onChange={setValue}
        maxTags={10}
        splitChars={[]}
        acceptValueOnBlur
        error={isWrong && "A path, =, and the value that is there"}
        data-autofocus
      />
    </Form>
  );
}
