import { Code, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { FindField } from "@/ui/FindField";
import { Page } from "@/ui/Page";
import { Shown } from "@/ui/Shown";

import { TaskTable } from "./TaskTable";
import { type Task, tasksQuery } from "./queries";

const route = getRouteApi("/_app/tasks/");

/** All that can be run, with how it has been going; found by name, queue and words of the description. */
export function TasksScreen() {
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(tasksQuery);
  return (
    <Page title="Tasks" about="What can be run here, and how it went in the last 24 hours.">
      <Stack gap="sm">
        <FindField
          label="Find a task"
          placeholder="Name, queue or words"
          value={q}
          onFind={(next) => void navigate({ search: { q: next }, replace: true })}
        />
        <Shown query={query} lines={8}>
          {(tasks) => <Found tasks={tasks} q={q} />}
        </Shown>
      </Stack>
    </Page>
  );
}

function Found({ tasks, q }: { tasks: Task[]; q: string }) {
  if (tasks.length === 0) return <NoTask />;
  const found = tasks.filter((task) => isFound(task, q));
  if (found.length === 0) return <Empty title="No task of that name">Nothing here has “{q}” in its words.</Empty>;
  return <TaskTable tasks={found} />;
}

function NoTask() {
  return (
    <Empty title="There is no task yet">
      Write one in a file <Code>mill.py</Code> and start <Code>headrace up mill.py</Code>:
      <Code block ta="left" mt="xs">
        {
          'from headrace import App, Job\n\napp = App("mill")\n\n\n@app.task\nasync def grind(job: Job, sacks: int) -> str:\n    return f"{sacks} sacks of flour"'
        }
      </Code>
    </Empty>
  );
}

function isFound({ name, queue, description }: Task, q: string): boolean {
  const words = `${name} ${queue} ${description}`.toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => words.includes(word));
}
