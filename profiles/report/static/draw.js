(() => {
  const root = document.documentElement;
  // Pixels between the margins of a sheet; what stands in one of its two columns is drawn as on a screen and printed smaller (report.css).
  const sheet = 660, column = 520;
  const printable = (place) => place.closest(".blocks > .block:not(.wide):not(:has(details[open]))") ? column : sheet;
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const folded = all("details[data-fold]");

  // Plotly lies in the page compressed, and is unpacked once, when the first chart comes near the screen.
  const unpacked = async () => {
    const text = atob(document.getElementById("plotly").textContent);
    const bytes = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    return window.Plotly;
  };
  let library;
  const plotly = () => { library = library || unpacked(); return library; };

  // Charts follow their place's width, not only the window's: print and some viewers change the one without the other.
  const follow = new ResizeObserver((entries) => {
    for (const entry of entries) {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && width !== entry.target.dataset.drawnWidth * 1) {
        entry.target.dataset.drawnWidth = width;
        Plotly.relayout(entry.target, {width: width});
      }
    }
  });
  // On a phone small charts stand below one another, and rows of overlapping sets, whose words name them, have no dots.
  const phone = 480;
  const fitted = (spec, width) => {
    if (width >= phone) return spec;
    const {data, layout} = spec;
    if (layout.grid) {
      const rows = Object.keys(layout).filter((name) => name.startsWith("xaxis")).length;
      const height = Math.round(layout.height * rows / layout.grid.rows);
      return {data, layout: {...layout, height, grid: {...layout.grid, columns: 1, rows}}};
    }
    if (layout.xaxis2) {
      const bars = data.filter((trace) => trace.xaxis === "x2");
      const hidden = {...layout.xaxis, domain: [0, 0], visible: false};
      return {data: bars, layout: {...layout, xaxis: hidden, xaxis2: {...layout.xaxis2, domain: [0, 1], nticks: 4}}};
    }
    // Few numbers on the axis, so that none is turned on its side or stands in another.
    const nticks = width < 330 ? 3 : 4;
    return {data, layout: {...layout, xaxis: {...layout.xaxis, tickangle: 0, nticks}}};
  };
  const waiting = new Set(all(".plot"));
  const draw = (place) => {
    if (!waiting.delete(place)) return;
    const data = document.querySelector(`script[data-chart="${place.id}"]`);
    // Drawn at the width of its place at once, so that it need not be drawn again for it.
    const width = Math.floor(place.clientWidth) || printable(place);
    const spec = fitted(JSON.parse(data.textContent), width);
    spec.layout.width = width;
    place.dataset.drawnWidth = spec.layout.width;
    Plotly.newPlot(place, spec.data, spec.layout, {displayModeBar: false, doubleClick: false, scrollZoom: false});
    place.style.minHeight = 0;
    follow.observe(place);
    offer(place, spec);
  };
  // Each chart's button is there from the start, so that the keyboard finds it: pressed too early, it draws the chart first.
  const saving = (place) => place.closest("figure").querySelector(".save");
  // A chart to take away: as it is drawn, on white, with its title and where it is from.
  const offer = (place, spec) => {
    const figure = place.closest("figure");
    const title = figure.querySelector("figcaption strong").textContent;
    const subtitle = figure.querySelector(".subtitle").textContent;
    saving(place).onclick = () => {
      const above = 64;
      const margin = {...spec.layout.margin, t: spec.layout.margin.t + above, b: spec.layout.margin.b + 24};
      const height = spec.layout.height + above + 24;
      const heading = {text: `<b>${title}</b><br><sub>${subtitle}</sub>`, x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: {l: 8, t: 12}};
      const source = {text: document.title, xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top", yshift: -44, showarrow: false, font: {size: 10}};
      const annotations = [...(spec.layout.annotations || []), source];
      const layout = {...spec.layout, annotations, height, margin, paper_bgcolor: "#fff", title: heading};
      const size = {format: "svg", filename: place.id, width: 800, height};
      Plotly.downloadImage({data: spec.data, layout: {...layout, width: 800}}, size);
    };
  };

  // One chart a turn, so that the page never stands still for long.
  const turn = () => new Promise((next) => setTimeout(next));
  const withoutCharts = () => {
    for (const part of folded) part.open = true;
    for (const said of all(".no-charts")) said.hidden = false;
    for (const place of all(".plot")) saving(place).hidden = place.hidden = true;
  };
  const drawEach = async (places) => {
    try {
      await plotly();
      for (const place of places) {
        await turn();
        draw(place);
      }
    } catch (error) {
      withoutCharts();
    }
  };
  const near = new IntersectionObserver((entries) => {
    const come = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const place of come) near.unobserve(place);
    if (come.length) drawEach(come);
  }, {rootMargin: "400px"});
  for (const place of waiting) {
    near.observe(place);
    saving(place).hidden = false;
    saving(place).onclick = async (event) => {
      await drawEach([place]);
      if (!place.hidden) event.target.click();
    };
  }
  // A link to what is folded opens it. What was open already is left to the browser, which on the way back finds the reader's place.
  const openFor = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    let isFolded = false;
    for (let part = target; part; part = part.parentElement) if (part.nodeName === "DETAILS" && !part.open) part.open = isFolded = true;
    // Of a block the table that leads it.
    const folds = target && target.matches(".block") ? all(":scope > details:not([open])", target) : [];
    for (const part of folds) part.open = isFolded = true;
    if (isFolded) target.scrollIntoView();
  };
  addEventListener("hashchange", () => openFor(location.hash));

  // What is printed: the brief, the brief and the profile, or everything with every table open.
  let opened = [];
  const wanted = () => all(".plot").filter((place) => place.checkVisibility());
  addEventListener("beforeprint", () => {
    // A table that leads, and stands behind no picture, is printed with the profile too.
    const isAll = root.dataset.print === "all";
    opened = folded.filter((part) => !part.open && (isAll || part.matches(".wide:not(:has(figure)) > .numbers")));
    for (const part of opened) part.open = true;
    if (!window.Plotly) {
      // The browser's own command waits for nothing: before any chart was seen the numbers are printed.
      const behind = folded.filter((part) => !part.open && part.classList.contains("numbers"));
      for (const part of behind) part.open = true;
      opened = opened.concat(behind);
      return;
    }
    // A sheet has places of other widths: charts do not follow those.
    follow.disconnect();
    for (const place of wanted()) {
      draw(place);
      Plotly.relayout(place, {width: printable(place)});
    }
  });
  addEventListener("afterprint", () => {
    for (const place of wanted()) if (!waiting.has(place) && window.Plotly) follow.observe(place);
    for (const part of opened) part.open = false;
    opened = [];
    delete root.dataset.print;
  });
  for (const button of all("button[data-print]")) {
    button.addEventListener("click", async () => {
      root.dataset.print = button.dataset.print;
      await drawEach([]);
      print();
    });
  }
  const opener = document.querySelector("button[data-open]");
  opener.addEventListener("click", () => {
    const isOpening = folded.some((part) => !part.open);
    for (const part of folded) part.open = isOpening;
    opener.textContent = isOpening ? "Close all tables" : "Open all tables";
  });

  // From a table to what its numbers count: a link to each figure's row in Methods, below the caption.
  const define = (table) => {
    const names = new Set(all("td[data-figure]", table).map((cell) => cell.dataset.figure.split("|")[0]));
    const links = [...names].filter((name) => document.getElementById(`counts-${name}`)).map((name) => {
      const link = document.createElement("a");
      link.href = `#counts-${name}`;
      link.textContent = name;
      return link;
    });
    if (!links.length) return;
    const key = document.createElement("small");
    key.className = "key";
    key.append("What is counted: ", ...links.flatMap((link, n) => n ? [", ", link] : [link]));
    table.caption.append(key);
  };
  // From a number to its row: its name in figures.csv, written below it, to be read and copied.
  const keys = document.querySelector("button[data-keys]");
  keys.addEventListener("click", () => {
    const written = all("small.key");
    for (const key of written) key.remove();
    if (!written.length) {
      for (const cell of all("td[data-figure]")) {
        const key = document.createElement("small");
        key.className = "key";
        key.textContent = cell.dataset.figure;
        cell.append(key);
      }
      for (const table of all("table")) define(table);
    }
    document.querySelector(".keys").hidden = written.length > 0;
    keys.textContent = written.length ? "Show each number’s row" : "Hide each number’s row";
  });
  document.querySelector(".controls").hidden = false;

  // Only a table that is wider than its place is a stop for the keyboard.
  const reach = new ResizeObserver((entries) => {
    for (const {target} of entries) {
      const {clientWidth} = target, table = target.firstElementChild;
      // A few pixels are the room behind the last column.
      if (table.offsetWidth > clientWidth + 4) {
        const {cells} = table.rows[table.rows.length - 1];
        const names = cells[0].offsetWidth;
        target.tabIndex = 0;
        // What can be stopped at has a name.
        target.setAttribute("role", "region");
        target.setAttribute("aria-label", table.caption.firstChild.textContent);
        target.style.setProperty("--names", `${names}px`);
        target.style.setProperty("--rest", `${Math.max(0, clientWidth - names - cells[cells.length - 1].offsetWidth)}px`);
      } else for (const name of ["tabindex", "role", "aria-label"]) target.removeAttribute(name);
    }
  });
  for (const place of all(".scroll")) {
    reach.observe(place);
    // Behind the edge of a table's last column nothing more comes.
    place.addEventListener("scroll", () => {
      const isAtEnd = place.scrollLeft + place.clientWidth > place.firstElementChild.offsetWidth - 4;
      place.classList.toggle("at-end", isAtEnd);
    }, {passive: true});
  }

  // `cce pdf` asks by the address: everything is drawn before the page says that it is ready.
  const asked = /^#print=(brief|profile|all)(?:&sheets=([a-z0-9_:,]*))?$/.exec(location.hash);
  if (asked) {
    root.dataset.print = asked[1];
    // On which sheet each section begins, once it is known from a print.
    for (const [name, sheet] of (asked[2] || "").split(",").map((part) => part.split(":"))) {
      const link = name && [...document.querySelectorAll("#contents a")].find((a) => a.hash === `#${name}`);
      if (link) link.dataset.sheet = sheet;
    }
    if (asked[1] === "all") for (const part of folded) part.open = true;
    drawEach(all(".plot")).then(() => { root.dataset.ready = "yes"; });
  } else openFor(location.hash);
})();
