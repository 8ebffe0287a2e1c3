//! One line of what was said: when, what, of which object, and what it says. Knows no kind of object.

/// One line with the lines of its lists.
#[derive(Debug)]
pub(crate) struct Line {
    /// Unix seconds.
    pub(crate) at_s: i64,
    /// An event's type, or `read`.
    pub(crate) what: String,
    /// What is odd about it: `twice`, `late`, `lost`, `no previous`, `test`, `account acct_…`, `event evt_…`, `version …`,
    /// `request …`.
    pub(crate) oddities: Vec<String>,
    /// The kind of object, where the id alone doesn't tell it.
    pub(crate) kind: Option<String>,
    /// The object's id.
    pub(crate) id: String,
    /// What it says, as names and values.
    pub(crate) says: Vec<(String, String)>,
    /// Rows of its lists.
    pub(crate) rows: Vec<Row>,
}

/// A row of a list, with rows of its own lists.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The list's name.
    pub(crate) list: String,
    /// What it says.
    pub(crate) says: Vec<(String, String)>,
    /// Rows of its own lists.
    pub(crate) rows: Vec<Row>,
}

impl Line {
    /// What was said last: by a row, or by the line itself.
    fn newest(&mut self) -> &mut Vec<(String, String)> {
        fn deepest(row: &mut Row) -> &mut Vec<(String, String)> {
            if row.rows.is_empty() {
                return &mut row.says;
            }
            deepest(row.rows.last_mut().expect("it is not empty"))
        }
        match self.rows.last_mut() {
            Some(row) => deepest(row),
            None => &mut self.says,
        }
    }
}

/// All lines. A line without a moment is a row of a list of the line above; two dots before its name make it a row within
/// the row above. One that begins with `·` goes on with what the line or row above says.
pub(crate) fn lines(said: &[String]) -> Result<Vec<Line>, String> {
    let mut lines: Vec<Line> = Vec::new();
    for text in said.iter().filter(|text| !text.trim().is_empty()) {
        let fields: Vec<&str> = (text.trim().split("  "))
            .map(str::trim)
            .filter(|field| !field.is_empty())
            .collect();
        if let Some(at_s) = moment(fields[0]) {
            lines.push(line(at_s, &fields).map_err(|odd| format!("{odd}: {text}"))?);
            continue;
        }
        let above = (lines.last_mut()).ok_or_else(|| format!("no line stands above: {text}"))?;
        if let Some(more) = text.trim().strip_prefix("· ") {
            above.newest().extend(pairs(more)?);
            continue;
        }
        let (list, says) = match fields[..] {
            [list] => (list, ""),
            [list, says] => (list, says),
            _ => {
                return Err(format!(
                    "a row is a list's name, two spaces, and what it says: {text}"
                ));
            }
        };
        let mut rows = &mut above.rows;
        let mut name = list;
        while let Some(inner) = name.strip_prefix("..") {
            let outer = (rows.last_mut()).ok_or_else(|| format!("no row stands above: {text}"))?;
            rows = &mut outer.rows;
            name = inner.trim();
        }
        for row in repeated(name, says)? {
            rows.push(row);
        }
    }
    Ok(lines)
}

/// A row, or as many as stand behind a `×`: in each the `#` is its number.
fn repeated(name: &str, says: &str) -> Result<Vec<Row>, String> {
    let (list, times) = match name.split_once(" ×") {
        Some((list, times)) => (
            list,
            times
                .parse::<u32>()
                .map_err(|_| format!("{name}: how often?"))?,
        ),
        None => (name, 1),
    };
    let row = |number: u32| {
        Ok(Row {
            list: list.to_owned(),
            says: pairs(&says.replace('#', &number.to_string()))?,
            rows: Vec::new(),
        })
    };
    (1..=times).map(row).collect()
}

fn line(at_s: i64, fields: &[&str]) -> Result<Line, String> {
    let (what, object, says) = match fields {
        [_, what, object] => (*what, *object, ""),
        [_, what, object, says] => (*what, *object, *says),
        _ => {
            return Err(
                "a line is when, what, object and what it says, two spaces between".to_owned(),
            );
        }
    };
    let (what, oddities) = match what.split_once(" [") {
        Some((what, oddities)) => (what, oddities.trim_end_matches(']')),
        None => (what, ""),
    };
    let (kind, id) = match object.split_once(' ') {
        Some((kind, id)) => (Some(kind.to_owned()), id),
        None => (None, object),
    };
    Ok(Line {
        at_s,
        what: what.to_owned(),
        oddities: (oddities.split(", ").filter(|odd| !odd.is_empty()))
            .map(str::to_owned)
            .collect(),
        kind,
        id: id.to_owned(),
        says: pairs(says)?,
        rows: Vec::new(),
    })
}

/// `status paid · total 50.00 usd` as names and values; a name alone says yes.
fn pairs(says: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |pair: &str| match pair.trim().split_once(' ') {
        Some((name, value)) => Ok((name.to_owned(), value.trim().to_owned())),
        None if pair.trim().is_empty() => {
            Err(format!("nothing stands between the dots of `{says}`"))
        }
        None => Ok((pair.trim().to_owned(), "yes".to_owned())),
    };
    if says.is_empty() {
        return Ok(Vec::new());
    }
    says.split('·').map(pair).collect()
}

/// Unix seconds of `2026-01-05`, `2026-01-05 09:00` or `2026-01-05 09:00:07`, in UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let mut parts = date.split('-');
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    let mut clock = time.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute) = (clock.next()??, clock.next()??);
    let second = clock.next().unwrap_or(Some(0))?;
    // Days since 1970-01-01 of the proleptic Gregorian calendar, years beginning in March.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// A moment as it is written: the date alone at midnight.
pub(crate) fn moment_text(at_s: i64) -> String {
    let (days, rest) = (at_s.div_euclid(86_400), at_s.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (rest / 3_600, rest / 60 % 60, rest % 60) {
        (0, 0, 0) => date,
        (hour, minute, 0) => format!("{date} {hour:02}:{minute:02}"),
        (hour, minute, second) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}
