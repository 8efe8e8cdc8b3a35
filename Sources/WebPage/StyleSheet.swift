/// The looks of every page. Series differ by colour and by dashes. Each colour has enough contrast on a light
/// and on a dark ground.
enum StyleSheet {
  static let text = """

    :root { color-scheme: light dark; --ground: #fdfdfb; --raised: #f3f3ee; --ink: #1c1d1a; --faint: #5d6058;
      --line: #d5d6cd; --s1: #b4450b; --s2: #0b63a5; --s3: #4f7a18; --s4: #7a3d9c; --good: #2c6e22; \
    --bad: #b3201c;
      --owed: #e4e5dc; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #161714; --raised: #20221e; --ink: #e9eae4; --faint: #a3a69c; --line: #3a3d36; \
    --s1: #f08b4e;
        --s2: #64b1ee; --s3: #9ccb5c; --s4: #c797e4; --good: #84cf78; --bad: #ff8a80; --owed: #2d302a; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 70rem; background: var(--ground); \
    color: var(--ink);
      font: 16px/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .75rem; }
    h2 { font-size: 1.25rem; margin: 0 0 .5rem; }
    h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
    p { max-width: 46rem; margin: .4rem 0; }
    a { color: var(--s2); }
    code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
    pre { overflow-x: auto; background: var(--raised); padding: .75rem; }
    :focus-visible { outline: 3px solid var(--s2); outline-offset: 2px; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: .5rem; }
    nav ul { list-style: none; padding: 0; margin: 1rem 0; display: flex; flex-wrap: wrap; \
    gap: .25rem 1.25rem; }
    nav span, figcaption, footer, .faint { color: var(--faint); font-size: .9rem; }
    section { margin-top: 2rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
    details { margin: .75rem 0; }
    summary { cursor: pointer; padding: .25rem 0; }
    .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); \
    gap: 1rem 2rem;
      align-items: start; }
    .grid > * { min-width: 0; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
    caption { text-align: left; color: var(--faint); padding: .25rem 0; }
    th, td { padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; \
    border-bottom: 1px solid var(--line); }
    th { font-weight: 600; }
    tbody th { font-weight: 400; }
    .number { text-align: right; white-space: nowrap; padding: .25rem 0 .25rem .75rem; }
    .number + .text { padding-left: 1.25rem; }
    .good { color: var(--good); } .bad { color: var(--bad); }
    figure { margin: .75rem 0; }
    figcaption { margin-bottom: .35rem; }
    svg { display: block; width: 100%; height: auto; max-width: 44rem; }
    svg text { fill: var(--faint); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
    .axis { stroke: var(--line); stroke-width: 1; fill: none; }
    .steps { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .steps.s2 { stroke-dasharray: 7 3; } .steps.s3 { stroke-dasharray: 2 3; } \
    .steps.s4 { stroke-dasharray: 9 3 2 3; }
    .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); } \
    .s4 { stroke: var(--s4); }
    .dots { fill: none; stroke-width: 1.5; }
    .key { display: inline-flex; align-items: center; gap: .4rem; margin-right: 1.25rem; }
    .key svg { width: 1.75rem; height: .75rem; flex: none; }
    .bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .25rem .75rem; \
    align-items: center;
      margin: .5rem 0; }
    .track { background: var(--owed); height: .8rem; }
    .fill { display: block; height: 100%; min-width: 1px; }
    .fill.s1 { background: var(--s1); } .fill.s2 { background: var(--s2); } \
    .fill.s3 { background: var(--s3); }
    .fill.s4 { background: var(--s4); }
    .bars .number { padding: 0; }
    .cell { stroke: none; }
    .cell.mapped { fill: var(--s2); } .cell.some { fill: var(--s2); fill-opacity: .7; }
    .cell.few { fill: var(--s2); fill-opacity: .45; } .cell.image { fill: var(--s3); } \
    .cell.owed { fill: var(--owed); }
    .cell.absent { fill: none; stroke: var(--owed); }
    dl.rows { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; max-width: 56rem; }
    dl.rows dt { color: var(--faint); grid-column: 1; } dl.rows dd { margin: 0; grid-column: 2; min-width: 0;
      overflow-wrap: anywhere; }
    .score meter { width: min(20rem, 100%); height: 1.1rem; vertical-align: middle; }
    .box { fill: var(--raised); stroke: var(--line); } .box.stop { stroke: var(--bad); stroke-width: 2; }
    .box.go { stroke: var(--good); stroke-width: 2; } .hit { fill: var(--s2); }
    .arrow { fill: none; stroke: var(--s2); stroke-width: 1.5; }
    svg text.code { fill: var(--ink); font: 13px ui-monospace, monospace; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; }
    @media print { nav, .skip { display: none; } section { break-inside: avoid; } }

    """
}
