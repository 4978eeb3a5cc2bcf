import { SegmentedControl, useMantineColorScheme } from "@mantine/core";

import { Section } from "@/ui/Section";

/** Light or dark, in this browser. */
export function SchemeSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Section title="Colours" about="Kept in this browser.">
      <SegmentedControl
        aria-label="Colours"
        value={colorScheme}
        onChange={setColorScheme}
        data={[
          { value: "light", label: "Light" },
          { value: "dark", label: "Dark" },
          { value: "auto", label: "As the system" },
        ]}
        style={{ alignSelf: "flex-start" }}
      />
    </Section>
  );
}
