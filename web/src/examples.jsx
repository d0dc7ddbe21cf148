import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";

/** A plugin with operations to begin with, each of which opens in a tab of its own. */
export function examplesPlugin(examples) {
  return { title: "Examples", icon: Icon, content: () => <Examples examples={examples} /> };
}

function Icon() {
  return (
    <svg height="1em" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5h16M4 12h10M4 19h13" strokeLinecap="round" />
    </svg>
  );
}

function Examples({ examples }) {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const editor = useGraphiQL((state) => state.queryEditor);
  const open = ({ area, query }) => {
    addTab();
    editor.setValue(query);
    updateActiveTabValues({ query });
  };
  return (
    <section aria-label="Examples" className="examples">
      <div className="graphiql-doc-explorer-title">Examples</div>
      <p>Operations for each area. Press the button to run, and choose one of them by its name.</p>
      <ul>
        {examples.map((example) => (
          <li key={example.area}>
            <button type="button" onClick={() => open(example)}>
              {example.area}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
