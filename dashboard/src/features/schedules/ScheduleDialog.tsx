import { Autocomplete, Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { SchemaForm } from "@/features/forms/SchemaForm";
import { blankOf, fieldOf } from "@/features/forms/schema";
import { type Task, tasksQuery } from "@/features/tasks/queries";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";

import { CronField } from "./CronField";
import { MissedFields } from "./MissedFields";
import { Preview } from "./Preview";
import { type NewSchedule, type Schedule, useSave } from "./queries";
import { usePreview } from "./usePreview";

interface Props {
  /** The one to change; a new one without. */
  schedule?: Schedule;
  onClose: () => void;
  onDone: (name: string) => void;
}

/** Makes or changes a schedule: when, what, and with which input. */
export function ScheduleDialog({ schedule, onClose, onDone }: Props) {
  const tasks = useQuery(tasksQuery).data ?? [];
  const [draft, setDraft] = useState<NewSchedule>(() => begin(schedule));
  const [isReadable, setReadable] = useState(true);
  const preview = usePreview(draft.cron, draft.timezone);
  const save = useSave(schedule === undefined, onDone);
  const set = (part: Partial<NewSchedule>): void => setDraft({ ...draft, ...part });
  const faults = save.error instanceof Problem ? save.error.faults : [];
  const wrong = (name: string): string | undefined => faults.find(({ pointer }) => pointer === `/${name}`)?.detail;
  const task = tasks.find(({ name }) => name === draft.task);
  return (
    <Modal opened onClose={onClose} title={schedule ? `Edit ${schedule.name}` : "New schedule"} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReadable) save.mutate(draft);
        }}
      >
        <Stack gap="sm">
          {!schedule && (
            <TextInput
              label="Name"
              withAsterisk
              placeholder="weekday-digest"
              value={draft.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={wrong("name")}
              data-autofocus
            />
          )}
          <CronField
            value={draft.cron}
            onChange={(cron) => set({ cron })}
            error={preview.wrong("cron") ?? wrong("cron")}
          />
          <Autocomplete
            label="Time zone"
            description="Whose clocks are read."
            data={ZONES}
            limit={50}
            value={draft.timezone}
            onChange={(timezone) => set({ timezone })}
            error={preview.wrong("timezone") ?? wrong("timezone")}
            size="xs"
          />
          <Preview found={preview} />
          <Select
            label="Task"
            withAsterisk
            searchable
            data={tasks.map(({ name }) => name)}
            value={draft.task || null}
            onChange={(name) => set({ task: name ?? "", input: blankFor(tasks.find((one) => one.name === name)) })}
            error={wrong("task")}
          />
          {task?.input_schema && (
            <SchemaForm
              key={task.name}
              schema={task.input_schema}
              value={draft.input}
              onChange={(input) => set({ input: toJson(input) })}
              onReadable={setReadable}
              faults={faults}
              at="/input"
            />
          )}
          <MissedFields draft={draft} onChange={set} />
          {save.isError && <ErrorState problem={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <ActButton type="submit" loading={save.isPending} disabled={!isReadable}>
              {schedule ? "Save" : "Make the schedule"}
            </ActButton>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

function begin(schedule: Schedule | undefined): NewSchedule {
  const { name, cron, timezone, task, input, missed, missed_limit } = schedule ?? EMPTY;
  return { name, cron, timezone, task, input, missed, missed_limit };
}

const EMPTY: NewSchedule = {
  name: "",
  cron: "0 6 * * mon-fri",
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  task: "",
  input: null,
  missed: "once",
  missed_limit: 100,
};

function blankFor(task: Task | undefined): Schemas["JsonValue"] {
  return task?.input_schema ? toJson(blankOf(fieldOf(task.input_schema))) : null;
}

/** What a form holds is JSON; nothing is null. */
function toJson(value: unknown): Schemas["JsonValue"] {
  return value ?? null;
}
