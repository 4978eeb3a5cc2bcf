import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useMay } from "@/shell/me";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { Paged } from "@/ui/Paged";
import { TextLink } from "@/ui/links";

import { ArticleFilters } from "./ArticleFilters";
import { ArticleRows } from "./ArticleRows";
import { ArticlesNav, NewArticle } from "./ArticlesNav";
import { EnrichMany, EnrichProgress } from "./EnrichMany";
import { articlesQuery } from "./queries";
import { type ArticlesSearch, wantedOf } from "./search";

const route = getRouteApi("/_app/apps/articles/");

/** All articles, the newest first, by words, tag and state. */
export function ArticleList() {
  const search: ArticlesSearch = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay("jobs:write");
  const query = useInfiniteQuery(articlesQuery(wantedOf(search)));
  const change = (part: Partial<ArticlesSearch>): void =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const isNarrowed = Boolean(search.q ?? search.tag ?? search.state);
  return (
    <Page
      title="Articles"
      about="Written from briefs by AI jobs, or by hand; reviewed, edited and published here."
      actions={
        <>
          {mayWrite && <EnrichMany tag={search.tag} onBegun={(enriching) => change({ enriching })} />}
          <NewArticle />
        </>
      }
    >
      <ArticlesNav at="articles" />
      {search.enriching && (
        <EnrichProgress
          key={search.enriching}
          jobId={search.enriching}
          onClose={() => change({ enriching: undefined })}
        />
      )}
      <ArticleFilters search={search} onChange={change} />
      <Paged query={query} lines={12} empty={<Nothing isNarrowed={isNarrowed} />}>
        {(articles) => <ArticleRows articles={articles} onTag={(tag) => change({ tag })} />}
      </Paged>
    </Page>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed) return <Empty title="No article like that">Look for other words, or another tag or state.</Empty>;
  return (
    <Empty title="No article yet">
      <TextLink to="/apps/articles/generate" size="sm" underline="always">
        Have one written
      </TextLink>{" "}
      from a brief: it takes a topic and a minute.
    </Empty>
  );
}
