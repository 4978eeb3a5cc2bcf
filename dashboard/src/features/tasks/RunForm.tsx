import { Button, Collapse, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBraces, IconChevronDown, IconChevronRight, IconPlayerPlay, IconWand } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { Problem } from "@/api/problem";
import { CopyAs } from "@/features/forms/CopyAs";
import { SchemaForm } from "@/features/forms/SchemaForm";
import { fieldOf } from "@/features/forms/schema";
import { useMay } from "@/shell/me";
import { ActButton } from "@/ui/ActButton";
import { ErrorState } from "@/ui/ErrorState";

import { RunOptions } from "./RunOptions";
import { beginning, examplesOf } from "./examples";
import type { Task } from "./queries";
import { countOf, shownOf, submissionOf } from "./submission";
import { useDraft } from "./useDraft";
import { useRun } from "./useRun";

/** Has a task run: its input as a form, examples that fill it, the same as a program would send it. */
export function RunForm({ task }: { task: Task }) {
  const field = useMemo(() => fieldOf(task.input_schema ?? {}), [task.input_schema]);
  const { draft, change, clear } = useDraft(task.name, () => beginning(field));
  const [fills, setFills] = useState(0);
  const [isReadable, setReadable] = useState(true);
  const [isOpen, open] = useDisclosure(countOf(draft.options) > 0);
  const [isCode, code] = useDisclosure(false);
  const mayChooseOwner = useMay("operations:read");
  const run = useRun(task.name, clear);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (run.error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [run.error]);
  const faults = run.error instanceof Problem ? run.error.faults : [];
  const body = submissionOf(task.name, task.input_schema ? draft.input : undefined, draft.options);
  const fill = (input: unknown): void => {
    change({ ...draft, input });
    setFills(fills + 1);
    setReadable(true);
    run.reset();
  };
  const chosen = countOf(draft.options);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReadable) run.mutate(body);
      }}
      noValidate
    >
      <Stack gap="sm">
        {task.input_schema ? (
          <SchemaForm
            key={fills}
            schema={task.input_schema}
            value={draft.input}
            onChange={(input) => change({ ...draft, input })}
            faults={faults}
            at="/input"
            onReadable={setReadable}
            tools={<Examples examples={examplesOf(field)} onChoose={fill} />}
          />
        ) : (
          <Text size="sm" c="dimmed">
            The task takes no input.
          </Text>
        )}
        <Button
          variant="subtle"
          color="gray"
          onClick={open.toggle}
          aria-expanded={isOpen}
          leftSection={isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          style={{ alignSelf: "flex-start" }}
          px={4}
        >
          Options{chosen > 0 && ` (${String(chosen)} set)`}
        </Button>
        <Collapse expanded={isOpen}>
          <RunOptions
            options={draft.options}
            onChange={(options) => change({ ...draft, options })}
            faults={faults}
            mayChooseOwner={mayChooseOwner}
          />
        </Collapse>
        {run.isError && <ErrorState problem={run.error} />}
        <Group gap="xs">
          <ActButton
            type="submit"
            size="sm"
            loading={run.isPending}
            disabled={!isReadable}
            leftSection={<IconPlayerPlay size={16} />}
          >
            Run {task.name}
          </ActButton>
          <Button variant="default" size="sm" leftSection={<IconBraces size={16} />} onClick={code.open}>
            Copy as
          </Button>
        </Group>
      </Stack>
      <Modal opened={isCode} onClose={code.close} title={`Run ${task.name} from a program`} size="lg">
        <CopyAs call={{ method: "POST", path: "/api/v1/jobs", body: shownOf(body) }} />
      </Modal>
    </form>
  );
}

function Examples({ examples, onChoose }: { examples: unknown[]; onChoose: (input: unknown) => void }) {
  const [first, ...more] = examples;
  if (first === undefined) return null;
  const look = { variant: "subtle", leftSection: <IconWand size={14} /> } as const;
  if (more.length === 0) {
    return (
      <Button {...look} onClick={() => onChoose(first)}>
        Fill in the example
      </Button>
    );
  }
  return (
    <Menu>
      <Menu.Target>
        <Button {...look}>Fill in an example</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {examples.map((example, place) => (
          <Menu.Item key={place} onClick={() => onChoose(example)} maw={360}>
            <Text size="xs" ff="monospace" truncate>
              {JSON.stringify(example)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
