(() => {
  const root = document.documentElement;
  // Pixels between the margins of a sheet.
  const printable = 660;
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
  const waiting = new Set(all(".plot"));
  const draw = (place) => {
    if (!waiting.delete(place)) return;
    const data = document.querySelector(`script[data-chart="${place.id}"]`);
    const spec = JSON.parse(data.textContent);
    // Drawn at the width of its place at once, so that it need not be drawn again for it.
    spec.layout.width = Math.floor(place.clientWidth) || printable;
    place.dataset.drawnWidth = spec.layout.width;
    Plotly.newPlot(place, spec.data, spec.layout, {displayModeBar: false, doubleClick: false, scrollZoom: false});
    follow.observe(place);
  };

  // One chart a turn, so that the page never stands still for long.
  const turn = () => new Promise((next) => setTimeout(next));
  const withoutCharts = () => {
    for (const part of folded) part.open = true;
    for (const said of all(".no-charts")) said.hidden = false;
    for (const place of all(".plot")) place.hidden = true;
  };
  const drawEach = async (places) => {
    try {
      await plotly();
      for (const place of places) {
        draw(place);
        await turn();
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
  for (const place of waiting) near.observe(place);
  // A link to what is folded opens it.
  const openFor = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    for (let part = target; part; part = part.parentElement) if (part.nodeName === "DETAILS") part.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", () => openFor(location.hash));

  // What is printed: the brief, the brief and the profile, or everything with every table open.
  let opened = [];
  const wanted = () => all(".plot").filter((place) => place.checkVisibility());
  addEventListener("beforeprint", () => {
    if (root.dataset.print === "all") {
      opened = folded.filter((part) => !part.open);
      for (const part of opened) part.open = true;
    }
    if (!window.Plotly) {
      // The browser's own command waits for nothing: before any chart was seen the numbers are printed.
      const behind = folded.filter((part) => !part.open && part.classList.contains("numbers"));
      for (const part of behind) part.open = true;
      opened = opened.concat(behind);
      return;
    }
    for (const place of wanted()) {
      draw(place);
      Plotly.relayout(place, {width: printable});
    }
  });
  addEventListener("afterprint", () => {
    for (const place of wanted()) if (!waiting.has(place) && window.Plotly) Plotly.relayout(place, {width: place.clientWidth});
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
    }
    keys.textContent = written.length ? "Show each number’s row" : "Hide each number’s row";
  });
  document.querySelector(".controls").hidden = false;

  // Only a table that is wider than its place is a stop for the keyboard.
  const reach = new ResizeObserver((entries) => {
    for (const {target} of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const place of all(".scroll")) reach.observe(place);

  // `cce pdf` asks by the address: everything is drawn before the page says that it is ready.
  const asked = /^#print=(brief|profile|all)$/.exec(location.hash);
  if (asked) {
    root.dataset.print = asked[1];
    if (asked[1] === "all") for (const part of folded) part.open = true;
    drawEach(all(".plot")).then(() => { root.dataset.ready = "yes"; });
  } else openFor(location.hash);
})();
