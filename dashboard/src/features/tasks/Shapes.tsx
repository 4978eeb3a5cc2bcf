import { Tabs, Text } from "@mantine/core";

import { Section } from "@/ui/Section";
import { Json } from "@/ui/Json";

import type { Task } from "./queries";

/** The JSON schemas of what goes in and what comes out. */
export function Shapes({ task }: { task: Task }) {
  return (
    <Section title="Schemas">
      <Tabs defaultValue="input" keepMounted={false}>
        <Tabs.List mb="xs">
          <Tabs.Tab value="input">Input</Tabs.Tab>
          <Tabs.Tab value="result">Result</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="input">
          {task.input_schema ? (
            <Json value={task.input_schema} label="schema of the input" max={320} />
          ) : (
            <Text size="sm" c="dimmed">
              The task takes no input.
            </Text>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="result">
          <Json value={task.output_schema} label="schema of the result" max={320} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}
