import { Code, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { tasksQuery } from "@/features/tasks/queries";
import { useMay } from "@/shell/me";
import { Section } from "@/ui/Section";
import { ButtonLink } from "@/ui/links";

import { countsQuery, overviewQuery } from "./queries";

const SHOWN_FIRST = "articles.write_article";

/** What to do on an installation in which no job was ever made. */
export function FirstSteps() {
  const maySee = useMay("operations:read");
  const whole = useQuery({ ...overviewQuery, enabled: maySee }).data;
  const own = useQuery({ ...countsQuery, enabled: !maySee }).data;
  const states = whole?.states ?? own?.states;
  const isNew = states !== undefined && Object.values(states).every(({ count }) => count === 0);
  const tasks = useQuery({ ...tasksQuery, enabled: isNew }).data;
  const mayRun = useMay("jobs:write");
  if (!isNew || !tasks) return null;
  const first = tasks.find(({ name }) => name === SHOWN_FIRST) ?? tasks[0];
  return (
    <Section title="First steps">
      <List type="ordered" spacing="sm" size="sm">
        {first && mayRun && (
          <List.Item>
            Have a job run, and watch it being done.
            <br />
            <ButtonLink to="/tasks/$name" params={{ name: first.name }} mt={6}>
              Run {first.name}
            </ButtonLink>
          </List.Item>
        )}
        <List.Item>
          Write a task of your own: a function in a file, started with <Code>headrace up my_app.py</Code>.
          <Code block mt={6}>
            {
              'from headrace import App, Job\n\napp = App("my_app")\n\n\n@app.task\nasync def greet(job: Job, name: str) -> str:\n    """Greet somebody."""\n    return f"Hello {name}"'
            }
          </Code>
        </List.Item>
        <List.Item>
          <Text span inherit>
            Submit it from your programs: each task has “Copy as” for curl, Python and TypeScript.
          </Text>
        </List.Item>
      </List>
    </Section>
  );
}
